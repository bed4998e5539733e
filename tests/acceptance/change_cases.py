# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cases of the change recorder: edits that can change an inventory, and some edits that cannot."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from .change_recorder import Case, Row, Scene

CASES: list[Case] = []


def case(run: Callable[[Scene], None]) -> Callable[[Scene], None]:
    """Add a case. Its name is the function name, with spaces instead of underscores."""
    CASES.append(Case(run.__name__.replace("_", " "), run))
    return run


def case_since(version: str) -> Callable[[Callable[[Scene], None]], None]:
    """Return a decorator that adds a case for this and later versions of NetBox."""
    return lambda run: CASES.append(Case(run.__name__.replace("_", " "), run, version))


# Devices


@case
def device_created(scene: Scene) -> None:
    scene.site(), scene.role(), scene.type()
    scene.watch()
    scene.device()


@case
def device_created_with_tags(scene: Scene) -> None:
    scene.site(), scene.role(), scene.type()
    tag = scene.tag()
    scene.watch()
    scene.device(tags=[tag])


@case
def device_created_from_a_type_with_interfaces(scene: Scene) -> None:
    for name in ("eth0", "eth1"):
        scene.make("dcim/interface-templates", device_type=scene.type(), name=name, type="1000base-t")
    scene.site(), scene.role()
    scene.watch()
    scene.device()


@case
def device_renamed(scene: Scene) -> None:
    cluster = cluster_in_site(scene)
    device = scene.device(cluster=cluster)
    scene.machine(cluster=cluster, device=device)
    interface = scene.interface(device)
    scene.address(interface)
    scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))
    scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(device))
    scene.watch()
    scene.edit(device, name="other")


@case
def device_saved_without_a_change(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    scene.edit(device, name="device")


@case
def device_status_role_tenant_and_platform_changed(scene: Scene) -> None:
    device = scene.device()
    fields = {
        "role": scene.role("role-2"),
        "tenant": scene.named("tenancy/tenants", "tenant"),
        "platform": scene.named("dcim/platforms", "platform"),
    }
    scene.watch()
    scene.edit(device, status="failed", **fields)


@case
def tag_added_to_a_device(scene: Scene) -> None:
    device = scene.device()
    tag = scene.tag()
    scene.watch()
    scene.edit(device, tags=[tag])


@case
def tag_removed_from_a_device(scene: Scene) -> None:
    device = scene.device(tags=[scene.tag(), scene.tag("tag-2")])
    scene.watch()
    scene.edit(device, tags=[scene.tag()])


@case
def primary_address_set(scene: Scene) -> None:
    device = scene.device()
    address = scene.address(scene.interface(device))
    scene.watch()
    scene.edit(device, primary_ip4=address)


@case
def primary_address_unset(scene: Scene) -> None:
    device, dummy, dummy = with_primary(scene)
    scene.watch()
    scene.edit(device, primary_ip4=None)


@case
def device_moved_to_another_site(scene: Scene) -> None:
    device = scene.device()
    scene.interface(device)
    other = scene.site("site-2")
    scene.watch()
    scene.edit(device, site=other)


@case
def device_moved_to_another_rack(scene: Scene) -> None:
    rooms = [scene.location("room-1"), scene.location("room-2")]
    racks = [scene.rack(f"rack-{room['slug'][-1]}", location=room) for room in rooms]
    device = scene.device(rack=racks[0], location=rooms[0], position=3, face="front")
    scene.watch()
    scene.edit(device, rack=racks[1], location=rooms[1])


@case
def device_type_of_a_device_changed(scene: Scene) -> None:
    other = scene.type("type-2")
    scene.make("dcim/interface-templates", device_type=other, name="eth9", type="1000base-t")
    device = scene.device()
    scene.watch()
    scene.edit(device, device_type=other)


@case
def local_config_context_of_a_device_changed(scene: Scene) -> None:
    scene.context()
    device = scene.device()
    scene.watch()
    scene.edit(device, local_context_data={"from": "device", "own": 1})


@case
def device_deleted_with_its_components(scene: Scene) -> None:
    device, interface, dummy = with_primary(scene)
    scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))
    scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(device))
    scene.make("dcim/console-ports", device=device, name="con0")
    scene.make("dcim/inventory-items", device=device, name="fan")
    journal(scene, device)
    image(scene, device)
    assign_contact(scene, device)
    scene.watch()
    scene.remove(device)


@case
def device_with_a_virtual_machine_deleted(scene: Scene) -> None:
    cluster = cluster_in_site(scene)
    device = scene.device(cluster=cluster)
    scene.machine(cluster=cluster, device=device)
    scene.watch()
    scene.try_to(lambda: scene.remove(device))


@case
def devices_edited_in_one_request(scene: Scene) -> None:
    devices = [scene.device(name) for name in ("device-1", "device-2", "device-3")]
    scene.watch()
    scene.edit_all(devices, status="planned")


@case
def devices_deleted_in_one_request(scene: Scene) -> None:
    devices = [scene.device(name) for name in ("device-1", "device-2")]
    scene.interface(devices[0])
    scene.watch()
    scene.remove_all(devices)


@case
def device_put_into_a_device_bay(scene: Scene) -> None:
    dummy, bay, child = with_bay(scene)
    scene.watch()
    scene.edit(bay, installed_device=child)


@case
def device_with_a_device_bay_renamed(scene: Scene) -> None:
    chassis, bay, child = with_bay(scene)
    scene.edit(bay, installed_device=child)
    scene.watch()
    scene.edit(chassis, name="other")


@case
def device_in_a_device_bay_deleted(scene: Scene) -> None:
    dummy, bay, child = with_bay(scene)
    scene.edit(bay, installed_device=child)
    scene.watch()
    scene.remove(child)


@case
def device_bay_deleted(scene: Scene) -> None:
    dummy, bay, child = with_bay(scene)
    scene.edit(bay, installed_device=child)
    scene.watch()
    scene.remove(bay)


@case
def config_template_of_a_device_renamed(scene: Scene) -> None:
    template = scene.make("extras/config-templates", name="template", template_code="hello")
    scene.device(config_template=template)
    scene.watch()
    scene.edit(template, name="other")


@case
def config_template_of_a_device_deleted(scene: Scene) -> None:
    template = scene.make("extras/config-templates", name="template", template_code="hello")
    scene.device(config_template=template)
    scene.watch()
    scene.try_to(lambda: scene.remove(template))


@case
def owner_of_a_device_renamed(scene: Scene) -> None:
    owner = scene.make("users/owners", name="owner", group=scene.make("users/owner-groups", name="group"))
    scene.device(owner=owner)
    scene.watch()
    scene.edit(owner, name="other")


@case
def owner_of_a_device_deleted(scene: Scene) -> None:
    owner = scene.make("users/owners", name="owner", group=scene.make("users/owner-groups", name="group"))
    scene.device(owner=owner)
    scene.watch()
    scene.try_to(lambda: scene.remove(owner))


# Virtual machines


@case
def virtual_machine_created(scene: Scene) -> None:
    scene.cluster()
    scene.watch()
    scene.machine()


@case
def virtual_machine_renamed(scene: Scene) -> None:
    machine = scene.machine()
    interface = scene.interface(machine)
    scene.address(interface)
    scene.make("virtualization/virtual-disks", virtual_machine=machine, name="sda", size=10)
    scene.watch()
    scene.edit(machine, name="other")


@case
def virtual_machine_moved_to_another_cluster(scene: Scene) -> None:
    machine = scene.machine(cluster=scene.cluster(**site_scope_of(scene.site())))
    other = scene.cluster("cluster-2", **site_scope_of(scene.site("site-2")))
    scene.watch()
    scene.edit(machine, cluster=other, site=scene.site("site-2"))


@case
def virtual_machine_pinned_to_a_device(scene: Scene) -> None:
    cluster = cluster_in_site(scene)
    device = scene.device(cluster=cluster)
    machine = scene.machine(cluster=cluster)
    scene.watch()
    scene.edit(machine, device=device)


@case
def virtual_machine_deleted_with_its_components(scene: Scene) -> None:
    machine = scene.machine()
    interface = scene.interface(machine)
    address = scene.address(interface)
    scene.edit(machine, primary_ip4=address)
    scene.make("virtualization/virtual-disks", virtual_machine=machine, name="sda", size=10)
    scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(machine))
    scene.watch()
    scene.remove(machine)


@case
def virtual_disk_created(scene: Scene) -> None:
    machine = scene.machine()
    scene.watch()
    scene.make("virtualization/virtual-disks", virtual_machine=machine, name="sda", size=10)


@case
def virtual_disk_resized(scene: Scene) -> None:
    machine = scene.machine()
    disk = scene.make("virtualization/virtual-disks", virtual_machine=machine, name="sda", size=10)
    scene.watch()
    scene.edit(disk, size=20)


@case
def virtual_disk_deleted(scene: Scene) -> None:
    machine = scene.machine()
    disks = [
        scene.make("virtualization/virtual-disks", virtual_machine=machine, name=name, size=10)
        for name in ("sda", "sdb")
    ]
    scene.watch()
    scene.remove(disks[0])


@case
def virtual_disk_moved_to_another_virtual_machine(scene: Scene) -> None:
    disk = scene.make("virtualization/virtual-disks", virtual_machine=scene.machine(), name="sda", size=10)
    other = scene.machine("machine-2")
    scene.watch()
    scene.try_to(lambda: scene.edit(disk, virtual_machine=other))


@case_since("4.6")
def virtual_machine_type_renamed(scene: Scene) -> None:
    kind = scene.named("virtualization/virtual-machine-types", "vm-type")
    scene.machine(virtual_machine_type=kind)
    scene.watch()
    scene.edit(kind, name="other")


# Interfaces


@case
def interface_created(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    scene.interface(device)


@case
def interface_renamed(scene: Scene) -> None:
    device = scene.device()
    interface = scene.interface(device)
    scene.address(interface)
    scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))
    scene.interface(device, "eth0.1", parent=interface)
    scene.watch()
    scene.edit(interface, name="eth1")


@case
def interfaces_of_a_device_renamed_in_one_request(scene: Scene) -> None:
    device = scene.device()
    rows = [scene.interface(device, name) for name in ("eth0", "eth1")]
    scene.watch()
    scene.edit_all(rows, description="renumbered")


@case
def interface_with_a_primary_address_deleted(scene: Scene) -> None:
    dummy, interface, dummy = with_primary(scene)
    scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))
    scene.watch()
    scene.remove(interface)


@case
def lag_deleted(scene: Scene) -> None:
    device = scene.device()
    lag = scene.interface(device, "po1", type="lag")
    scene.interface(device, "eth0", type="1000base-t", lag=lag)
    scene.watch()
    scene.remove(lag)


@case
def bridge_interface_deleted(scene: Scene) -> None:
    device = scene.device()
    bridge = scene.interface(device, "br0", type="bridge")
    scene.interface(device, "eth0", bridge=bridge)
    scene.watch()
    scene.remove(bridge)


@case
def interface_moved_to_another_device(scene: Scene) -> None:
    interface = scene.interface(scene.device())
    other = scene.device("device-2")
    scene.watch()
    scene.try_to(lambda: scene.edit(interface, device=other))


@case
def vm_interface_deleted(scene: Scene) -> None:
    machine = scene.machine()
    interface = scene.interface(machine)
    address = scene.address(interface)
    scene.edit(machine, primary_ip4=address)
    scene.watch()
    scene.remove(interface)


@case
def vm_interface_moved_to_another_virtual_machine(scene: Scene) -> None:
    interface = scene.interface(scene.machine())
    scene.address(interface)
    other = scene.machine("machine-2")
    scene.watch()
    scene.try_to(lambda: scene.edit(interface, virtual_machine=other))


@case
def mac_address_created(scene: Scene) -> None:
    interface = scene.interface(scene.device())
    scene.watch()
    scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))


@case
def mac_address_made_primary(scene: Scene) -> None:
    interface = scene.interface(scene.device())
    mac = scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))
    scene.watch()
    scene.edit(interface, primary_mac_address=mac)


@case
def primary_mac_address_edited(scene: Scene) -> None:
    dummy, mac = with_mac(scene)
    scene.watch()
    scene.edit(mac, mac_address="02:00:00:00:00:02")


@case
def primary_mac_address_deleted(scene: Scene) -> None:
    dummy, mac = with_mac(scene)
    scene.watch()
    scene.try_to(lambda: scene.remove(mac))


@case
def mac_address_moved_to_another_interface(scene: Scene) -> None:
    device = scene.device()
    mac = scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(scene.interface(device)))
    other = scene.interface(device, "eth1")
    scene.watch()
    scene.edit(mac, **assigned(other))


# Cables


@case
def cable_created(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    scene.watch()
    connect(scene, *ends)


@case
def cable_edited(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    cable = connect(scene, *ends)
    scene.watch()
    scene.edit(cable, description="blue", status="planned")


@case
def cable_moved_to_another_interface(scene: Scene) -> None:
    devices = [scene.device(name) for name in ("device-1", "device-2")]
    ends = [scene.interface(device, type="1000base-t") for device in devices]
    other = scene.interface(devices[1], "eth1", type="1000base-t")
    cable = connect(scene, *ends)
    scene.watch()
    scene.edit(cable, b_terminations=[termination(other)])


@case
def cable_deleted(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    cable = connect(scene, *ends)
    scene.watch()
    scene.remove(cable)


@case
def device_with_a_cable_deleted(scene: Scene) -> None:
    devices = [scene.device(name) for name in ("device-1", "device-2")]
    connect(scene, *(scene.interface(device, type="1000base-t") for device in devices))
    scene.watch()
    scene.remove(devices[0])


@case
def interface_with_a_cable_renamed(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    connect(scene, *ends)
    scene.watch()
    scene.edit(ends[0], name="eth1")


@case
def device_with_a_cable_renamed(scene: Scene) -> None:
    devices = [scene.device(name) for name in ("device-1", "device-2")]
    connect(scene, *(scene.interface(device, type="1000base-t") for device in devices))
    scene.watch()
    scene.edit(devices[0], name="other")


@case
def cable_behind_a_patch_panel_deleted(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    front, rear = with_ports(scene)
    connect(scene, ends[0], front)
    far = connect(scene, rear, ends[1])
    scene.watch()
    scene.remove(far)


@case
def cable_behind_a_patch_panel_created(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    front, rear = with_ports(scene)
    connect(scene, ends[0], front)
    scene.watch()
    connect(scene, rear, ends[1])


@case
def patch_panel_deleted(scene: Scene) -> None:
    ends = [scene.interface(scene.device(name), type="1000base-t") for name in ("device-1", "device-2")]
    front, rear = with_ports(scene)
    connect(scene, ends[0], front)
    connect(scene, rear, ends[1])
    panel = scene.find("dcim/devices", name=f"{scene.prefix}panel")
    scene.watch()
    scene.remove(panel)


# Virtual chassis


@case
def virtual_chassis_created_with_a_master(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    scene.make("dcim/virtual-chassis", name="chassis", master=device)


@case
def device_put_into_a_virtual_chassis(scene: Scene) -> None:
    chassis, dummy, dummy = with_chassis(scene)
    third = scene.device("device-3")
    scene.watch()
    scene.edit(third, virtual_chassis=chassis, vc_position=3)


@case
def device_taken_out_of_a_virtual_chassis(scene: Scene) -> None:
    dummy, dummy, member = with_chassis(scene)
    scene.watch()
    scene.edit(member, virtual_chassis=None, vc_position=None, vc_priority=None)


@case
def master_of_a_virtual_chassis_changed(scene: Scene) -> None:
    chassis, dummy, member = with_chassis(scene)
    scene.watch()
    scene.edit(chassis, master=member)


@case
def master_of_a_virtual_chassis_renamed(scene: Scene) -> None:
    dummy, master, dummy = with_chassis(scene)
    scene.watch()
    scene.edit(master, name="other")


@case
def virtual_chassis_renamed(scene: Scene) -> None:
    chassis, dummy, dummy = with_chassis(scene)
    scene.watch()
    scene.edit(chassis, name="other")


@case
def virtual_chassis_deleted(scene: Scene) -> None:
    chassis, dummy, dummy = with_chassis(scene)
    scene.watch()
    scene.remove(chassis)


@case
def member_of_a_virtual_chassis_deleted(scene: Scene) -> None:
    dummy, dummy, member = with_chassis(scene)
    scene.watch()
    scene.remove(member)


# Addresses and services


@case
def address_created(scene: Scene) -> None:
    interface = scene.interface(scene.device())
    scene.watch()
    scene.address(interface)


@case
def primary_address_given_a_dns_name(scene: Scene) -> None:
    dummy, dummy, address = with_primary(scene)
    scene.watch()
    scene.edit(address, dns_name="host.example.com")


@case
def primary_address_renumbered(scene: Scene) -> None:
    dummy, dummy, address = with_primary(scene)
    scene.watch()
    scene.edit(address, address=scene.ip(99))


@case
def primary_address_deleted(scene: Scene) -> None:
    dummy, dummy, address = with_primary(scene)
    scene.watch()
    scene.remove(address)


@case
def primary_address_of_a_virtual_machine_deleted(scene: Scene) -> None:
    machine = scene.machine()
    address = scene.address(scene.interface(machine))
    scene.edit(machine, primary_ip4=address)
    scene.watch()
    scene.remove(address)


@case
def out_of_band_address_deleted(scene: Scene) -> None:
    device = scene.device()
    address = scene.address(scene.interface(device))
    scene.edit(device, oob_ip=address)
    scene.watch()
    scene.remove(address)


@case
def address_unassigned(scene: Scene) -> None:
    address = scene.address(scene.interface(scene.device()))
    scene.watch()
    scene.edit(address, assigned_object_type=None, assigned_object_id=None)


@case
def address_moved_to_another_interface(scene: Scene) -> None:
    device = scene.device()
    address = scene.address(scene.interface(device))
    other = scene.interface(scene.device("device-2"))
    scene.watch()
    scene.edit(address, **assigned(other))


@case
def primary_address_moved_to_another_interface_of_the_device(scene: Scene) -> None:
    device, dummy, address = with_primary(scene)
    other = scene.interface(device, "eth1")
    scene.watch()
    scene.try_to(lambda: scene.edit(address, **assigned(other)))


@case
def primary_address_moved_to_another_device(scene: Scene) -> None:
    dummy, dummy, address = with_primary(scene)
    other = scene.interface(scene.device("device-2"))
    scene.watch()
    scene.try_to(lambda: scene.edit(address, **assigned(other)))


@case
def nat_address_of_a_primary_address_created(scene: Scene) -> None:
    dummy, dummy, address = with_primary(scene)
    scene.watch()
    scene.address(nat_inside=address)


@case
def nat_address_of_a_primary_address_deleted(scene: Scene) -> None:
    dummy, dummy, address = with_primary(scene)
    outside = scene.address(nat_inside=address)
    scene.watch()
    scene.remove(outside)


@case
def address_inside_a_nat_deleted(scene: Scene) -> None:
    inside = scene.address()
    dummy, dummy, address = with_primary(scene)
    scene.edit(address, nat_inside=inside)
    scene.watch()
    scene.remove(inside)


@case
def fhrp_group_with_an_address_assigned_to_an_interface(scene: Scene) -> None:
    interface = scene.interface(scene.device())
    group = scene.make("ipam/fhrp-groups", protocol="vrrp2", group_id=1, name="group")
    scene.address(assigned_object_type="ipam.fhrpgroup", assigned_object_id=group["id"])
    scene.watch()
    scene.make(
        "ipam/fhrp-group-assignments",
        group=group,
        interface_type="dcim.interface",
        interface_id=interface["id"],
        priority=10,
    )


@case
def fhrp_group_deleted(scene: Scene) -> None:
    interface = scene.interface(scene.device())
    group = scene.make("ipam/fhrp-groups", protocol="vrrp2", group_id=1, name="group")
    scene.address(assigned_object_type="ipam.fhrpgroup", assigned_object_id=group["id"])
    scene.make(
        "ipam/fhrp-group-assignments",
        group=group,
        interface_type="dcim.interface",
        interface_id=interface["id"],
        priority=10,
    )
    scene.watch()
    scene.remove(group)


@case
def service_created(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(device))


@case
def service_edited(scene: Scene) -> None:
    service = scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(scene.device()))
    scene.watch()
    scene.edit(service, name="sshd", ports=[2222])


@case
def service_moved_to_another_device(scene: Scene) -> None:
    service = scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(scene.device()))
    other = scene.device("device-2")
    scene.watch()
    scene.edit(service, **parent(other))


@case
def service_deleted(scene: Scene) -> None:
    service = scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], **parent(scene.device()))
    scene.watch()
    scene.remove(service)


@case
def address_of_a_service_deleted(scene: Scene) -> None:
    device = scene.device()
    address = scene.address(scene.interface(device))
    scene.make("ipam/services", name="ssh", protocol="tcp", ports=[22], ipaddresses=[address], **parent(device))
    scene.watch()
    scene.remove(address)


@case
def vrf_renamed(scene: Scene) -> None:
    vrf = scene.make("ipam/vrfs", name="vrf")
    interface = scene.interface(scene.device(), vrf=vrf)
    scene.address(interface, vrf=vrf)
    scene.watch()
    scene.edit(vrf, name="other")


@case
def vrf_of_an_interface_deleted(scene: Scene) -> None:
    vrf = scene.make("ipam/vrfs", name="vrf")
    scene.interface(scene.device(), vrf=vrf)
    scene.watch()
    scene.remove(vrf)


@case
def vlan_renamed(scene: Scene) -> None:
    vlan = scene.make("ipam/vlans", name="vlan", vid=10)
    scene.interface(scene.device(), mode="tagged", untagged_vlan=vlan, tagged_vlans=[vlan])
    scene.watch()
    scene.edit(vlan, name="other")


@case
def vlan_deleted(scene: Scene) -> None:
    vlans = [scene.make("ipam/vlans", name=f"vlan-{vid}", vid=vid) for vid in (10, 20)]
    device = scene.device()
    scene.interface(device, mode="tagged", untagged_vlan=vlans[0], tagged_vlans=vlans)
    scene.interface(device, "eth1", mode="tagged", tagged_vlans=[vlans[0]])
    scene.watch()
    scene.remove(vlans[0])


@case
def prefix_of_a_site_created(scene: Scene) -> None:
    site = scene.site()
    scene.watch()
    scene.make("ipam/prefixes", prefix=scene.ip(0), **site_scope_of(site))


# Sites, locations, and racks


@case
def rack_moved_to_another_location(scene: Scene) -> None:
    rooms = [scene.location("room-1"), scene.location("room-2")]
    rack = scene.rack(location=rooms[0])
    scene.interface(scene.device(rack=rack, location=rooms[0]))
    scene.watch()
    scene.edit(rack, location=rooms[1])


@case
def rack_moved_to_another_site(scene: Scene) -> None:
    room, other = scene.location("room-1"), scene.site("site-2")
    rack = scene.rack(location=room)
    scene.interface(scene.device(rack=rack, location=room))
    scene.watch()
    scene.edit(rack, site=other, location=None)


@case
def rack_saved_without_a_change_a_device_in_it_elsewhere(scene: Scene) -> None:
    rack = scene.rack(location=scene.location("room-1"))
    scene.device(rack=rack)
    scene.watch()
    scene.edit(rack, description="new")


@case
def rack_renamed_and_given_a_role(scene: Scene) -> None:
    rack = scene.rack()
    role = scene.named("dcim/rack-roles", "rack-role", color="9e9e9e")
    scene.device(rack=rack)
    scene.watch()
    scene.edit(rack, name="other", role=role)


@case
def rack_role_renamed(scene: Scene) -> None:
    role = scene.named("dcim/rack-roles", "rack-role", color="9e9e9e")
    scene.device(rack=scene.rack(role=role))
    scene.watch()
    scene.edit(role, name="other", slug="other")


@case
def rack_with_a_device_deleted(scene: Scene) -> None:
    rack = scene.rack()
    scene.device(rack=rack)
    scene.watch()
    scene.try_to(lambda: scene.remove(rack))


@case
def location_moved_to_another_site(scene: Scene) -> None:
    floor = scene.location("floor")
    room = scene.location("room", parent=floor)
    rack = scene.rack(location=room)
    scene.interface(scene.device("device-1", rack=rack, location=room))
    scene.device("device-2", location=floor)
    cluster = scene.cluster(scope_type="dcim.location", scope_id=room["id"])
    scene.machine(cluster=cluster, site=scene.site())
    other = scene.site("site-2")
    scene.watch()
    scene.edit(floor, site=other)


@case
def location_moved_in_the_tree(scene: Scene) -> None:
    floors = [scene.location("floor-1"), scene.location("floor-2")]
    room = scene.location("room", parent=floors[0])
    scene.location("cage", parent=room)
    scene.device(location=room)
    scene.watch()
    scene.edit(room, parent=floors[1])


@case
def location_moved_to_the_top_of_the_tree(scene: Scene) -> None:
    room = scene.location("room", parent=scene.location("floor"))
    scene.device(location=room)
    scene.watch()
    scene.edit(room, parent=None)


@case
def location_renamed(scene: Scene) -> None:
    floor = scene.location("floor")
    scene.location("room", parent=floor)
    scene.device(location=floor)
    scene.watch()
    scene.edit(floor, name="other", slug="other")


@case
def location_deleted_with_a_location_below_it(scene: Scene) -> None:
    floor = scene.location("floor")
    room = scene.location("room", parent=floor)
    scene.rack(location=room)
    scene.make("ipam/prefixes", prefix=scene.ip(0), scope_type="dcim.location", scope_id=room["id"])
    scene.cluster(scope_type="dcim.location", scope_id=room["id"])
    scene.watch()
    scene.remove(floor)


@case
def location_with_a_device_deleted(scene: Scene) -> None:
    floor = scene.location("floor")
    scene.device(location=scene.location("room", parent=floor))
    scene.watch()
    scene.try_to(lambda: scene.remove(floor))


@case
def site_renamed(scene: Scene) -> None:
    site = scene.site()
    scene.device()
    scene.machine(cluster=cluster_in_site(scene))
    scene.watch()
    scene.edit(site, name="other", slug="other")


@case
def site_moved_to_another_region_and_group(scene: Scene) -> None:
    regions = [scene.named("dcim/regions", name) for name in ("region-1", "region-2")]
    groups = [scene.named("dcim/site-groups", name) for name in ("group-1", "group-2")]
    site = scene.site(region=regions[0], group=groups[0])
    scene.device()
    scene.watch()
    scene.edit(site, region=regions[1], group=groups[1], time_zone="Europe/Berlin", facility="F1")


@case
def site_with_a_cluster_deleted(scene: Scene) -> None:
    site = scene.site()
    scene.location("room")
    cluster_in_site(scene)
    scene.make("ipam/prefixes", prefix=scene.ip(0), **site_scope_of(site))
    scene.watch()
    scene.remove(site)


@case
def site_with_a_device_deleted(scene: Scene) -> None:
    site = scene.site()
    scene.device()
    scene.watch()
    scene.try_to(lambda: scene.remove(site))


@case
def region_moved_in_the_tree(scene: Scene) -> None:
    above = [scene.named("dcim/regions", name) for name in ("region-1", "region-2")]
    region = scene.named("dcim/regions", "region", parent=above[0])
    scene.site(region=region)
    scene.device()
    scene.watch()
    scene.edit(region, parent=above[1])


@case
def region_deleted_with_a_region_below_it(scene: Scene) -> None:
    above = scene.named("dcim/regions", "region-1")
    region = scene.named("dcim/regions", "region-2", parent=above)
    scene.site(region=region)
    scene.device()
    scene.cluster(scope_type="dcim.region", scope_id=region["id"])
    scene.watch()
    scene.remove(above)


@case
def region_renamed(scene: Scene) -> None:
    region = scene.named("dcim/regions", "region")
    scene.site(region=region)
    scene.watch()
    scene.edit(region, name="other", slug="other")


@case
def site_group_moved_in_the_tree(scene: Scene) -> None:
    above = scene.named("dcim/site-groups", "group-1")
    group = scene.named("dcim/site-groups", "group-2")
    scene.site(group=group)
    scene.device()
    scene.watch()
    scene.edit(group, parent=above)


@case
def site_group_deleted(scene: Scene) -> None:
    group = scene.named("dcim/site-groups", "group")
    scene.site(group=group)
    scene.device()
    scene.watch()
    scene.remove(group)


@case
def asn_of_a_site_deleted(scene: Scene) -> None:
    asn = scene.make(
        "ipam/asns", asn=int(scene.prefix[1:-1].replace("r", ""), 16) % 2**32, rir=scene.named("ipam/rirs", "rir")
    )
    scene.site(asns=[asn])
    scene.watch()
    scene.remove(asn)


@case
def rack_reserved(scene: Scene) -> None:
    rack = scene.rack()
    scene.device(rack=rack)
    scene.watch()
    scene.make("dcim/rack-reservations", rack=rack, units=[1], user=1, description="reserved")


# Clusters


@case
def cluster_moved_to_another_site(scene: Scene) -> None:
    cluster = cluster_in_site(scene)
    scene.machine(cluster=cluster)
    scene.device(cluster=cluster)
    other = scene.site("site-2")
    scene.watch()
    scene.try_to(lambda: scene.edit(cluster, **site_scope_of(other)))


@case
def cluster_without_devices_moved_to_another_site(scene: Scene) -> None:
    cluster = cluster_in_site(scene)
    scene.machine(cluster=cluster)
    other = scene.site("site-2")
    scene.watch()
    scene.edit(cluster, **site_scope_of(other))


@case
def cluster_taken_out_of_its_site(scene: Scene) -> None:
    cluster = cluster_in_site(scene)
    scene.machine(cluster=cluster)
    scene.watch()
    scene.edit(cluster, scope_type=None, scope_id=None)


@case
def cluster_renamed_its_type_and_group_changed(scene: Scene) -> None:
    cluster = scene.cluster()
    kind = scene.named("virtualization/cluster-types", "cluster-type-2")
    group = scene.named("virtualization/cluster-groups", "cluster-group")
    scene.machine(cluster=cluster)
    scene.device(cluster=cluster)
    scene.watch()
    scene.edit(cluster, name="other", type=kind, group=group)


@case
def cluster_type_renamed(scene: Scene) -> None:
    scene.machine()
    scene.watch()
    scene.edit(scene.named("virtualization/cluster-types", "cluster-type"), name="other", slug="other")


@case
def cluster_group_deleted(scene: Scene) -> None:
    group = scene.named("virtualization/cluster-groups", "cluster-group")
    scene.machine(cluster=scene.cluster(group=group))
    scene.watch()
    scene.try_to(lambda: scene.remove(group))


@case
def cluster_with_a_device_deleted(scene: Scene) -> None:
    cluster = scene.cluster()
    scene.device(cluster=cluster)
    scene.watch()
    scene.remove(cluster)


@case
def cluster_with_a_virtual_machine_deleted(scene: Scene) -> None:
    cluster = scene.cluster()
    scene.machine()
    scene.watch()
    scene.try_to(lambda: scene.remove(cluster))


# Tenants, roles, platforms, types, tags


@case
def tenant_renamed(scene: Scene) -> None:
    tenant = scene.named("tenancy/tenants", "tenant")
    scene.device(tenant=tenant)
    scene.watch()
    scene.edit(tenant, name="other", slug="other")


@case
def tenant_moved_to_another_group(scene: Scene) -> None:
    groups = [scene.named("tenancy/tenant-groups", name) for name in ("group-1", "group-2")]
    tenant = scene.named("tenancy/tenants", "tenant", group=groups[0])
    scene.device(tenant=tenant)
    scene.watch()
    scene.edit(tenant, group=groups[1])


@case
def tenant_with_a_device_deleted(scene: Scene) -> None:
    tenant = scene.named("tenancy/tenants", "tenant")
    scene.device(tenant=tenant)
    scene.watch()
    scene.try_to(lambda: scene.remove(tenant))


@case
def tenant_group_deleted_with_a_group_below_it(scene: Scene) -> None:
    above = scene.named("tenancy/tenant-groups", "group-1")
    group = scene.named("tenancy/tenant-groups", "group-2", parent=above)
    scene.device(tenant=scene.named("tenancy/tenants", "tenant", group=group))
    scene.watch()
    scene.remove(above)


@case
def role_renamed(scene: Scene) -> None:
    role = scene.role()
    scene.device()
    scene.machine(role=role)
    scene.watch()
    scene.edit(role, name="other", slug="other")


@case
def role_moved_in_the_tree(scene: Scene) -> None:
    above = scene.role("role-1")
    role = scene.role("role-2")
    scene.device(role=role)
    scene.watch()
    scene.edit(role, parent=above)


@case
def role_with_a_device_below_it_deleted(scene: Scene) -> None:
    above = scene.role("role-1")
    scene.device(role=scene.role("role-2", parent=above))
    scene.watch()
    scene.try_to(lambda: scene.remove(above))


@case
def role_deleted_with_a_role_below_it(scene: Scene) -> None:
    above = scene.role("role-1")
    scene.role("role-2", parent=above)
    scene.watch()
    scene.remove(above)


@case
def platform_renamed(scene: Scene) -> None:
    platform = scene.named("dcim/platforms", "platform")
    scene.device(platform=platform)
    scene.machine(platform=platform)
    scene.watch()
    scene.edit(platform, name="other", slug="other")


@case
def platform_deleted(scene: Scene) -> None:
    above = scene.named("dcim/platforms", "platform-1")
    platform = scene.named("dcim/platforms", "platform-2", parent=above)
    scene.device(platform=platform)
    scene.machine(platform=platform)
    scene.watch()
    scene.remove(above)


@case
def device_type_renamed(scene: Scene) -> None:
    kind = scene.type()
    scene.device()
    scene.watch()
    scene.edit(kind, model="other", slug="other")


@case
def device_type_with_a_device_deleted(scene: Scene) -> None:
    kind = scene.type()
    scene.device()
    scene.watch()
    scene.try_to(lambda: scene.remove(kind))


@case
def interface_template_added_to_a_device_type(scene: Scene) -> None:
    scene.device()
    scene.watch()
    scene.make("dcim/interface-templates", device_type=scene.type(), name="eth0", type="1000base-t")


@case
def manufacturer_renamed(scene: Scene) -> None:
    scene.device()
    scene.watch()
    scene.edit(scene.maker(), name="other", slug="other")


@case
def tag_renamed(scene: Scene) -> None:
    tag = scene.tag()
    scene.device(tags=[tag])
    scene.watch()
    scene.edit(tag, name="other", slug="other")


@case
def tag_deleted(scene: Scene) -> None:
    tag = scene.tag()
    scene.interface(scene.device(tags=[tag]), tags=[tag])
    scene.site("site-2", tags=[tag])
    scene.watch()
    scene.remove(tag)


# Custom fields


@case
def custom_field_created(scene: Scene) -> None:
    scene.device()
    scene.watch()
    scene.field("extra")


@case
def custom_field_created_with_a_default(scene: Scene) -> None:
    scene.device()
    scene.machine()
    scene.watch()
    scene.field("extra", default="none")


@case
def custom_field_given_another_default(scene: Scene) -> None:
    field = scene.field("extra", default="none")
    scene.device()
    scene.watch()
    scene.edit(field, default="some")


@case
def custom_field_renamed(scene: Scene) -> None:
    field = scene.field("extra")
    device = scene.device(custom_fields={field["name"]: "one"})
    scene.edit(device, custom_fields={field["name"]: "two"})
    scene.watch()
    # `scene.edit()` would add a prefix with a hyphen. NetBox does not allow hyphens in names of custom fields.
    scene.server.request("PATCH", f"extras/custom-fields/{field['id']}/", json={"name": scene.field_name("renamed")})


@case
def custom_field_unassigned_from_devices(scene: Scene) -> None:
    field = scene.field("extra")
    scene.device(custom_fields={field["name"]: "one"})
    scene.watch()
    scene.edit(field, object_types=["virtualization.virtualmachine"])


@case
def custom_field_assigned_to_devices(scene: Scene) -> None:
    scene.device()
    field = scene.field("extra", object_types=["virtualization.virtualmachine"], default="none")
    scene.watch()
    scene.edit(field, object_types=["virtualization.virtualmachine", "dcim.device"])


@case
def custom_field_deleted(scene: Scene) -> None:
    field = scene.field("extra")
    scene.device(custom_fields={field["name"]: "one"})
    scene.watch()
    scene.remove(field)


@case
def value_of_a_custom_field_changed(scene: Scene) -> None:
    field = scene.field("extra")
    device = scene.device(custom_fields={field["name"]: "one"})
    scene.watch()
    scene.edit(device, custom_fields={field["name"]: "two"})


@case
def label_of_a_choice_changed(scene: Scene) -> None:
    choices, field = with_choices(scene)
    scene.device(custom_fields={field["name"]: "t1"})
    scene.watch()
    scene.edit(choices, extra_choices=[["t1", "Tier One"], ["t2", "Tier 2"]])


@case
def choice_in_use_removed(scene: Scene) -> None:
    choices, field = with_choices(scene)
    scene.device(custom_fields={field["name"]: "t1"})
    scene.watch()
    scene.try_to(lambda: scene.edit(choices, extra_choices=[["t2", "Tier 2"]]))


@case
def object_in_a_custom_field_renamed(scene: Scene) -> None:
    tenant = scene.named("tenancy/tenants", "tenant")
    field = scene.field("extra", "object", related_object_type="tenancy.tenant")
    scene.device(custom_fields={field["name"]: tenant["id"]})
    scene.watch()
    scene.edit(tenant, name="other", slug="other")


@case
def object_in_a_custom_field_deleted(scene: Scene) -> None:
    tenants = [scene.named("tenancy/tenants", name) for name in ("tenant-1", "tenant-2")]
    field = scene.field("extra", "object", related_object_type="tenancy.tenant")
    several = scene.field("several", "multiobject", related_object_type="tenancy.tenant")
    scene.device(custom_fields={field["name"]: tenants[0]["id"], several["name"]: [row["id"] for row in tenants]})
    scene.watch()
    scene.remove(tenants[0])


# Config contexts


@case
def config_context_created_for_all_devices(scene: Scene) -> None:
    scene.device()
    scene.watch()
    scene.context()


@case
def data_of_a_config_context_changed(scene: Scene) -> None:
    context = scene.context(sites=[scene.site()])
    scene.device()
    scene.watch()
    scene.edit(context, data={"from": "edit"})


@case
def config_context_deleted(scene: Scene) -> None:
    context = scene.context()
    scene.device()
    scene.watch()
    scene.remove(context)


@case
def config_context_assigned_to_another_role(scene: Scene) -> None:
    context = scene.context(roles=[scene.role()])
    scene.device()
    scene.device("device-2", role=scene.role("role-2"))
    scene.watch()
    scene.edit(context, roles=[scene.role("role-2")])


@case
def region_moved_below_the_region_of_a_config_context(scene: Scene) -> None:
    above = scene.named("dcim/regions", "region-1")
    region = scene.named("dcim/regions", "region-2")
    scene.site(region=region)
    scene.device()
    scene.context(regions=[above])
    scene.watch()
    scene.edit(region, parent=above)


@case
def only_region_of_a_config_context_deleted(scene: Scene) -> None:
    region = scene.named("dcim/regions", "region")
    scene.context(regions=[region])
    scene.device()
    scene.watch()
    scene.remove(region)


@case
def only_tag_of_a_config_context_deleted(scene: Scene) -> None:
    tag = scene.tag()
    scene.context(tags=[tag["slug"]])
    scene.device()
    scene.watch()
    scene.remove(tag)


@case
def tag_of_a_config_context_added_to_a_device(scene: Scene) -> None:
    tag = scene.tag()
    scene.context(tags=[tag["slug"]])
    device = scene.device()
    scene.watch()
    scene.edit(device, tags=[tag])


# Modules, and objects that inventories do not contain


@case
def module_with_an_interface_installed(scene: Scene) -> None:
    device, bay, kind = with_module_type(scene)
    scene.watch()
    scene.make("dcim/modules", device=device, module_bay=bay, module_type=kind)


@case
def module_with_an_interface_removed(scene: Scene) -> None:
    device, bay, kind = with_module_type(scene)
    module = scene.make("dcim/modules", device=device, module_bay=bay, module_type=kind)
    interface = scene.find("dcim/interfaces", device_id=device)
    address = scene.address(interface)
    scene.edit(device, primary_ip4=address)
    scene.watch()
    scene.remove(module)


@case
def inventory_item_created(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    scene.make("dcim/inventory-items", device=device, name="fan")


@case
def journal_entry_created(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    journal(scene, device)


@case
def image_attached_to_a_device(scene: Scene) -> None:
    device = scene.device()
    scene.watch()
    image(scene, device)


@case
def contact_assigned_to_a_device(scene: Scene) -> None:
    device = scene.device()
    contact, role = scene.make("tenancy/contacts", name="contact"), scene.named("tenancy/contact-roles", "contact-role")
    scene.watch()
    assign_contact(scene, device, contact, role)


@case
def contact_of_a_device_renamed(scene: Scene) -> None:
    contact = assign_contact(scene, scene.device())
    scene.watch()
    scene.edit(contact, name="other")


@case
def script_edits_several_objects(scene: Scene) -> None:
    device = scene.device()
    scene.interface(device)
    scene.watch()
    scene.server.run_script(SCRIPT.replace("PREFIX", scene.prefix), scene.prefix.replace("-", "_") + "script")


# Helpers


def site_scope_of(site: Row) -> Row:
    return {"scope_type": "dcim.site", "scope_id": site["id"]}


def cluster_in_site(scene: Scene) -> Row:
    return scene.cluster(**site_scope_of(scene.site()))


def parent(row: Row) -> Row:
    """Return the fields that assign a service to a device or a virtual machine."""
    kind = "dcim.device" if row["endpoint"] == "dcim/devices" else "virtualization.virtualmachine"
    return {"parent_object_type": kind, "parent_object_id": row["id"]}


def assigned(interface: Row) -> Row:
    """Return the fields that assign an IP address or a MAC address to an interface."""
    kind = "dcim.interface" if interface["endpoint"] == "dcim/interfaces" else "virtualization.vminterface"
    return {"assigned_object_type": kind, "assigned_object_id": interface["id"]}


def with_primary(scene: Scene) -> tuple[Row, Row, Row]:
    """Create a device, its interface, and its primary address."""
    device = scene.device()
    interface = scene.interface(device)
    address = scene.address(interface)
    scene.edit(device, primary_ip4=address)
    return device, interface, address


def with_mac(scene: Scene) -> tuple[Row, Row]:
    """Create an interface and its primary MAC address."""
    interface = scene.interface(scene.device())
    mac = scene.make("dcim/mac-addresses", mac_address="02:00:00:00:00:01", **assigned(interface))
    scene.edit(interface, primary_mac_address=mac)
    return interface, mac


def with_bay(scene: Scene) -> tuple[Row, Row, Row]:
    """Create a device, its device bay, and a device that fits into this bay."""
    chassis = scene.device(device_type=scene.type("chassis", subdevice_role="parent"))
    child = scene.device("child", device_type=scene.type("blade", u_height=0, subdevice_role="child"))
    return chassis, scene.make("dcim/device-bays", device=chassis, name="bay-1"), child


def with_chassis(scene: Scene) -> tuple[Row, Row, Row]:
    """Create a virtual chassis, its master, and another member."""
    master, member = scene.device("device-1"), scene.device("device-2")
    chassis = scene.make("dcim/virtual-chassis", name="chassis", master=master)
    scene.edit(member, virtual_chassis=chassis, vc_position=2)
    return chassis, master, member


def with_ports(scene: Scene) -> tuple[Row, Row]:
    """Create the front port and the rear port of a patch panel."""
    panel = scene.device("panel")
    rear = scene.make("dcim/rear-ports", device=panel, name="rear", type="8p8c", positions=1)
    ports = [{"position": 1, "rear_port": rear["id"], "rear_port_position": 1}]
    front = scene.make("dcim/front-ports", device=panel, name="front", type="8p8c", rear_ports=ports)
    return front, rear


def with_choices(scene: Scene) -> tuple[Row, Row]:
    """Create a choice set and a custom field that uses it."""
    choices = scene.make(
        "extras/custom-field-choice-sets", name="tiers", extra_choices=[["t1", "Tier 1"], ["t2", "Tier 2"]]
    )
    return choices, scene.field("tier", "select", choice_set=choices)


def with_module_type(scene: Scene) -> tuple[Row, Row, Row]:
    """Create a device, its module bay, and a module type with an interface."""
    kind = scene.make("dcim/module-types", manufacturer=scene.maker(), model="module")
    scene.make("dcim/interface-templates", module_type=kind, name="xe0", type="10gbase-x-sfpp")
    device = scene.device()
    return device, scene.make("dcim/module-bays", device=device, name="slot-1"), kind


def termination(end: Row) -> Row:
    kinds = {
        "dcim/interfaces": "dcim.interface",
        "dcim/front-ports": "dcim.frontport",
        "dcim/rear-ports": "dcim.rearport",
    }
    return {"object_type": kinds[end["endpoint"]], "object_id": end["id"]}


def connect(scene: Scene, one: Row, other: Row) -> Row:
    """Create a cable between two interfaces or ports."""
    return scene.make("dcim/cables", a_terminations=[termination(one)], b_terminations=[termination(other)])


def journal(scene: Scene, row: Row) -> None:
    scene.make(
        "extras/journal-entries",
        assigned_object_type="dcim.device",
        assigned_object_id=row["id"],
        comments="Checked",
    )


def assign_contact(scene: Scene, row: Row, contact: Row | None = None, role: Row | None = None) -> Row:
    contact = contact or scene.make("tenancy/contacts", name="contact")
    role = role or scene.named("tenancy/contact-roles", "contact-role")
    scene.make(
        "tenancy/contact-assignments", object_type="dcim.device", object_id=row["id"], contact=contact, role=role
    )
    return contact


def image(scene: Scene, row: Row) -> None:
    data = {"object_type": "dcim.device", "object_id": row["id"], "name": "front"}
    files = {"image": ("front.png", png(), "image/png")}
    scene.upload("extras/image-attachments", data, files)


def png() -> bytes:
    """Return a PNG image of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    )


SCRIPT = """
from dcim.models import Device, Interface
from extras.scripts import Script


class Edit(Script):
    def run(self, data, commit):
        device = Device.objects.get(name="PREFIXdevice")
        device.snapshot()
        device.serial = "S1"
        device.save()
        device.snapshot()
        device.asset_tag = "PREFIXA1"
        device.save()
        # An update of a queryset leaves no record.
        Interface.objects.filter(device=device).update(description="silent")
        Interface.objects.create(device=device, name="eth1", type="virtual")
"""
