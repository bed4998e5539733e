# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the filters and the sortable fields of one NetBox version. Run it inside that NetBox, then pack the result.

python manage.py shell < tools/list_filters.py | tail -n 1 > 4.6.8.json      in a NetBox 4.6.8 without plugins
python tools/pack_filters.py 4.6.8.json                                      in this collection

The OpenAPI schema names most filters. It does not name custom field filters, attribute filters, saved filters, sortable
fields, and models, so this script inspects the views.
"""

import json
import typing as t

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from netbox.filtersets import AttributeFiltersMixin, BaseFilterSet, NetBoxModelFilterSet
from rest_framework.filters import OrderingFilter
from rest_framework.test import APIRequestFactory

# Marks a parameter from which NetBox reads only one value. It follows the parameter's name.
MARKERS = {"array": "", "boolean": "?"}
PATTERNS = {AttributeFiltersMixin: "attr_*", BaseFilterSet: "filter filter_id", NetBoxModelFilterSet: "cf_*"}


def list_parameters(operation: t.Any) -> t.Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            yield parameter["name"] + MARKERS.get(parameter["schema"].get("type"), "!")


def queryset_of(view: t.Any) -> t.Any:
    """Return the queryset of a view, or None if the view lists something else."""
    queryset = getattr(view, "queryset", None)
    if queryset is None and "get_queryset" in vars(type(view)) and getattr(view, "filterset_class", None):
        queryset = view.get_queryset()
    return queryset


def describe_view(view: t.Any, queryset: t.Any) -> tuple[list[str], list[str], str]:
    """Return the patterns, the sortable fields, and the model of a view with a queryset."""
    request = view.request = view.initialize_request(APIRequestFactory().get("/"))
    view.format_kwarg, view.kwargs = None, {}
    filterset = getattr(view, "filterset_class", None)
    patterns = [text for base, text in PATTERNS.items() if filterset and issubclass(filterset, base)]
    model = queryset.model
    fields = [name for name, dummy in OrderingFilter().get_valid_fields(queryset, view, {"request": request})]
    # Sorting by a field with several values, such as tags, repeats rows.
    several = {field.name for field in model._meta.get_fields() if field.many_to_many or field.one_to_many}
    return patterns, [name for name in fields if name not in several], model._meta.label_lower


def list_endpoints() -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    generator = SchemaGenerator()
    paths = generator.get_schema(request=None, public=True)["paths"]
    generator._initialise_endpoints()
    views = {
        path: generator.create_view(callback, "GET", None)
        for path, dummy, method, callback in generator.endpoints
        if method == "GET"
    }
    prefix = f"/{settings.BASE_PATH}api/"
    for path, item in sorted(paths.items()):
        if "get" not in item or path.endswith("}/"):
            continue
        endpoint: dict[str, t.Any] = {"filters": list(list_parameters(item["get"]))}
        queryset = queryset_of(views.get(path))
        if queryset is not None and "{" not in path:
            patterns, endpoint["ordering"], endpoint["model"] = describe_view(views[path], queryset)
            endpoint["filters"] += patterns
        yield path[len(prefix) :].strip("/"), endpoint


def shown_version() -> str:
    release = settings.RELEASE
    return f"{release.version}-{release.designation}" if release.designation else release.version


print()
print(json.dumps({"version": shown_version(), "endpoints": dict(list_endpoints())}))
