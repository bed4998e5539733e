# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Use the page as users do: search, enlarge, use the keyboard, and print, on a phone and on a computer."""

from __future__ import annotations

import json
import re
import time
import typing as t
from pathlib import Path

import chromium

WIDTHS = (320, 390, 768, 1440)
MAX_SECONDS = 3
MAX_BYTES = 1.5e9
VISIBLE = "[...document.querySelectorAll('.rack')].filter((rack) => rack.checkVisibility()).map((rack) => rack.id)"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
ACTIVE = "document.activeElement.className"


def wait_until(shown: chromium.Page, script: str) -> None:
    until = time.monotonic() + 20
    while not shown.run(script):
        assert time.monotonic() < until, script
        time.sleep(0.05)


def search(shown: chromium.Page, words: str) -> t.Any:
    """Search, and return the IDs of the remaining racks."""
    shown.run(f"document.getElementById('search').value = {json.dumps(words)}; find()")
    return shown.run(VISIBLE)


def press(shown: chromium.Page, key: str, code: int = 0) -> None:
    """Press a key as a user does."""
    names = {"key": key, "code": key, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
    text = {"text": "\r"} if key == "Enter" else {}
    shown.ask("Input.dispatchKeyEvent", type="keyDown", **names, **text)
    shown.ask("Input.dispatchKeyEvent", type="keyUp", **names)


def check_hostile(shown: chromium.Page, folder: Path, name: str) -> None:
    """Names are text, drawings are images, and nothing is requested from elsewhere."""
    images = """Promise.all([...document.querySelectorAll("main img")].map((image) => {
        image.loading = "eager";
        return image.decode().then(() => image.naturalWidth, () => 0);
    }))"""
    for width, dark in ((1280, False), (390, True)):
        shown.open((folder / "index.html").as_uri(), width=width, dark=dark)
        widths = shown.run(images)
        # The drawings of the rack with the bomb are not images for a browser.
        assert widths.count(0) == 2 and widths.count(9) == 2, widths
        assert shown.run(FITS), f"the page is wider than {width} pixels"
        everything = shown.run(VISIBLE)
        for words, found in (("grosse", []), ("größe", ["rack-13"]), ("PARIS", ["rack-2"]), ("onerror r1", ["rack-1"])):
            assert search(shown, words) == found, words
            assert shown.run("document.getElementById('nothing').hidden") == bool(found)
        assert search(shown, "") == everything
        assert shown.run("document.querySelector('#rack-17 h4 span').textContent") == name
        outside = [url for url in shown.requested if not url.startswith((folder.as_uri(), "data:"))]
        assert outside == [], outside
        complaints = [each for each in shown.complaints if "-R1-2-" not in json.dumps(each)]
        assert complaints == [], complaints


def check_gallery(shown: chromium.Page, folder: Path) -> None:
    url = (folder / "index.html").as_uri()
    for width in WIDTHS:
        for dark in (False, True):
            began = time.monotonic()
            shown.open(url, width=width, dark=dark)
            seconds = time.monotonic() - began
            assert seconds < MAX_SECONDS, f"{seconds:.1f} s at {width} pixels"
            assert shown.run(FITS), f"the page is wider than {width} pixels"
            _check_faces(shown, width)
            _check_contrast(shown)
            shown.screenshot(str(folder / f"{width}-{'dark' if dark else 'light'}.png"))
    assert len([each for each in shown.requested if each.endswith(".svg")]) < 100, "images are not loaded lazily"
    _check_search(shown)
    _check_keyboard(shown)
    assert shown.complaints == [], shown.complaints
    _check_paper(shown, folder)


def _check_faces(shown: chromium.Page, width: int) -> None:
    """Front and rear are side by side, or stacked on a phone, and either face can be hidden."""
    tops = shown.run("[...document.querySelectorAll('#rack-1 .face')].map((face) => face.getBoundingClientRect().top)")
    assert (tops[0] == tops[1]) == (width >= 640), tops
    shown.run("document.querySelector('#switch [value=rear]').click()")
    faces = """[...document.querySelectorAll('#rack-1 .face')]
        .filter((face) => face.checkVisibility()).map((face) => face.dataset.face)"""
    assert shown.run(faces) == ["rear"]
    shown.run("document.querySelector('#switch [value=both]').click()")
    assert shown.run(faces) == ["front", "rear"]


CONTRAST = """(() => {
    const parse = (color) => color.match(/[0-9.]+/g).map(Number);
    const light = (color) => parse(color).slice(0, 3).map((c) => c / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (e) => { for (; e; e = e.parentElement) {
        const color = getComputedStyle(e).backgroundColor;
        if ((parse(color)[3] ?? 1) > 0.99) return color; } return "rgb(255, 255, 255)"; };
    const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
    const bad = [];
    const text = "h1, a, small, .facts, .usage, summary, .status, output, footer, button, label span";
    for (const e of document.querySelectorAll(text))
        if (!e.matches(".spot, .skip") && e.checkVisibility()
            && ratio(getComputedStyle(e).color, ground(e)) < 4.5) bad.push(e.outerHTML.slice(0, 80));
    for (const e of document.querySelectorAll("#search, button, #switch span, .tile"))
        if (!e.matches(".spot") && e.checkVisibility()
            && ratio(getComputedStyle(e).borderTopColor, ground(e.parentElement)) < 3)
            bad.push(e.outerHTML.slice(0, 80));
    return bad.slice(0, 5);
})()"""


def _check_contrast(shown: chromium.Page) -> None:
    """WCAG 2.1 AA: 4.5:1 for text, and 3:1 for the borders of controls."""
    assert shown.run(CONTRAST) == []


def _check_search(shown: chromium.Page) -> None:
    """A device is highlighted in its rack, in the list and in the drawing, and its facts have a link."""
    serial = shown.run("document.querySelector('#rack-1 li[data-place] small').textContent.match(/Serial (\\S+)/)[1]")
    assert search(shown, serial) == ["rack-1"]
    places = "[...document.querySelectorAll('#overview .place')].filter((place) => place.checkVisibility()).length"
    assert shown.run(places) == 1
    wait_until(shown, "document.querySelectorAll('#rack-1 .spot.found').length === 2")
    assert shown.run("document.querySelectorAll('li.found').length") == 1
    assert re.search(r"^1 of \d+ racks, 1 device$", shown.run("document.getElementById('found').value"))
    shown.run("document.querySelector('.spot.found').click()")
    facts = shown.run("document.getElementById('device').textContent")
    assert serial in facts and "Asset tag" in facts and "R1" in facts, facts
    assert shown.run("document.querySelector('#device a').href").startswith("http")
    shown.run("document.getElementById('device').close()")
    search(shown, "")


def _check_keyboard(shown: chromium.Page) -> None:
    """Everything works without a mouse, and the focus returns to where it was."""
    large = "document.getElementById('large').open"
    name = "document.getElementById('large-name').textContent"
    shown.run("document.querySelector('#rack-1 .enlarge').focus()")
    press(shown, "Enter", 13)
    assert shown.run(large)
    wait_until(shown, "document.querySelector('#large img').complete")
    first = shown.run(name)
    _check_large(shown)
    press(shown, "ArrowRight", 39)
    assert shown.run(name) != first
    press(shown, "ArrowLeft", 37)
    assert shown.run(name) == first
    press(shown, "Escape", 27)
    assert not shown.run(large)
    assert shown.run(ACTIVE) == "enlarge"
    press(shown, "Enter", 13)
    shown.run("document.querySelector('#large .close').click()")
    assert not shown.run(large)
    assert shown.run(ACTIVE) == "enlarge"
    shown.run("document.querySelector('#rack-1').scrollIntoView()")
    wait_until(shown, "document.querySelectorAll('#rack-1 .spot').length > 2")
    assert shown.run("document.querySelectorAll('#rack-1 .spot[tabindex=\"0\"]').length") == 2
    shown.run("document.querySelector('#rack-1 .spot').focus()")
    label = shown.run("document.activeElement.getAttribute('aria-label')")
    press(shown, "ArrowDown", 40)
    assert shown.run("document.activeElement.getAttribute('aria-label')") != label
    press(shown, "Enter", 13)
    assert shown.run("document.getElementById('device').open")
    press(shown, "Escape", 27)
    assert not shown.run("document.getElementById('device').open") and shown.run(ACTIVE) == "spot"


def _check_large(shown: chromium.Page) -> None:
    """The whole drawing and its caption fit on the screen, without scrolling."""
    box = "document.querySelector('#large img').getBoundingClientRect()"
    assert shown.run(f"{box}.top >= 0 && {box}.bottom <= innerHeight && {box}.height > 200"), shown.run(box)
    for element in ("#large-facts", "#large-name", "#large .close"):
        box = f"document.querySelector({json.dumps(element)}).getBoundingClientRect()"
        assert shown.run(f"{box}.top >= 0 && {box}.bottom <= innerHeight && {box}.right <= innerWidth"), element
    assert shown.run("document.getElementById('large').scrollHeight <= document.getElementById('large').clientHeight")


def check_full_rack(shown: chromium.Page, folder: Path) -> None:
    """A rack full of devices with long names fits on a small phone, and on one page of paper with its source."""
    shown.open((folder / "index.html").as_uri(), width=390, height=600)
    assert shown.run("document.querySelectorAll('#rack-1 li[data-place]').length") == 42
    shown.run("document.querySelector('#rack-1 .enlarge').click()")
    wait_until(shown, "document.querySelector('#large img').complete")
    _check_large(shown)
    shown.run("document.getElementById('large').close()")
    assert _count_pages(shown, folder) == shown.run("document.querySelectorAll('.rack').length")
    assert re.fullmatch(
        r"Generated at 20\S+ \S+ UTC from http\S+", shown.run("document.querySelector('.rack').dataset.note")
    )


def check_memory(shown: chromium.Page, folder: Path) -> None:
    """The page opens quickly, and the browser does not need much memory, also after scrolling to the end."""
    began = time.monotonic()
    shown.open((folder / "index.html").as_uri(), width=1440)
    seconds = time.monotonic() - began
    shown.run("document.documentElement.style.scrollBehavior = 'auto'")
    peak = 0
    for part in range(11):
        shown.run(f"scrollTo(0, document.documentElement.scrollHeight * {part} / 10)")
        time.sleep(0.3)
        peak = max(peak, shown.memory())
    racks = shown.run("document.querySelectorAll('.rack').length")
    print(f"{racks} racks: {seconds:.1f} s, {peak / 1e6:.0f} MB")
    assert seconds < MAX_SECONDS and peak < MAX_BYTES


def _count_pages(shown: chromium.Page, folder: Path) -> int:
    shown.printed(str(folder / "printed.pdf"))
    return len(re.findall(rb"/Type\s*/Page\b", (folder / "printed.pdf").read_bytes()))


def _check_paper(shown: chromium.Page, folder: Path) -> None:
    """Each rack in the search result has one page, and there are no blank pages."""
    racks = search(shown, "ber01 room a")
    assert len(racks) >= 2
    pages = _count_pages(shown, folder)
    assert pages == len(racks), f"{pages} pages for {len(racks)} racks"
