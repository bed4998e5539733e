// Copyright (c) 2026 The netbox.cursor authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

"use strict";

const byId = (id) => document.getElementById(id);
const main = document.querySelector("main");
const racks = [...document.querySelectorAll(".rack")];

// "sao" finds "São Paulo".
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Strings of the search, computed for each rack when they are first needed.
const texts = new Map();
const textOf = (element, more = "") => {
  if (!texts.has(element)) {
    texts.set(element, plain(`${more} ${element.textContent}`));
  }
  return texts.get(element);
};

let words = [];
const matches = (text) => words.every((word) => text.includes(word));
const isFound = (item) => words.length > 0 && matches(textOf(item));

// The devices in the drawings of a rack: buttons over the image, created when the rack is about to be visible.
function addSpots(rack) {
  for (const face of rack.querySelectorAll(".face[data-left]")) {
    const image = face.querySelector("img");
    const units = 2 * Number(rack.dataset.units);
    const [width, height] = [Number(image.getAttribute("width")), Number(image.getAttribute("height"))];
    const [left, right] = [Number(face.dataset.left), Number(face.dataset.right)];
    const place = (start, total) => `${(100 * start) / total}%`;
    if (!units || !width || !height || face.querySelector(".spot")) {
      continue;
    }
    for (const item of rack.querySelectorAll("li[data-place]")) {
      const [top, size, ...faces] = item.dataset.place.split(" ");
      if (!faces.includes(face.dataset.face)) {
        continue;
      }
      const spot = document.createElement("button");
      const border = 2;
      spot.type = "button";
      spot.className = "spot";
      spot.title = item.textContent;
      spot.setAttribute("aria-label", item.textContent);
      // One stop of the Tab key for each drawing; the arrow keys go on from there.
      spot.tabIndex = face.querySelector(".spot") ? -1 : 0;
      spot.style.left = place(left, width);
      spot.style.width = place(width - left - right, width);
      spot.style.top = place(border + ((height - 2 * border) * Number(top)) / units, height);
      spot.style.height = place(((height - 2 * border) * Number(size)) / units, height);
      spot.item = item;
      face.querySelector(".drawing").append(spot);
    }
  }
  markSpots(rack);
}

function markSpots(rack) {
  for (const spot of rack.querySelectorAll(".spot")) {
    spot.classList.toggle("found", isFound(spot.item));
  }
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        observer.unobserve(entry.target);
        addSpots(entry.target);
      }
    }
  },
  { rootMargin: "400px" },
);
racks.forEach((rack) => observer.observe(rack));

// Search.
const search = byId("search");

function find() {
  words = plain(search.value).split(/\s+/).filter(Boolean);
  let found = 0;
  let devices = 0;
  for (const rack of racks) {
    const fits = matches(textOf(rack, rack.dataset.place));
    rack.hidden = !fits;
    found += fits;
    let marked = 0;
    for (const item of rack.querySelectorAll("details li")) {
      const isMarked = fits && isFound(item);
      item.classList.toggle("found", isMarked);
      marked += isMarked;
    }
    devices += marked;
    const details = rack.querySelector("details");
    if (details) {
      details.open = marked > 0;
    }
    markSpots(rack);
  }
  for (const section of document.querySelectorAll(".location")) {
    section.hidden = !section.querySelector(".rack:not([hidden])");
  }
  for (const section of document.querySelectorAll(".unracked")) {
    section.hidden = words.length > 0 && !matches(textOf(section));
  }
  for (const section of document.querySelectorAll(".site")) {
    section.hidden = !section.querySelector(".rack:not([hidden]), .unracked:not([hidden])");
  }
  for (const tile of document.querySelectorAll(".tile")) {
    tile.parentElement.hidden = byId(tile.hash.slice(1)).hidden;
  }
  for (const place of document.querySelectorAll("#overview .place, #overview section")) {
    place.hidden = !place.querySelector("li:not([hidden])");
  }
  byId("nothing").hidden = found > 0 || document.querySelector(".unracked:not([hidden])") !== null;
  const name = racks.length === 1 ? "rack" : "racks";
  const hits = devices ? `, ${devices} ${devices === 1 ? "device" : "devices"}` : "";
  byId("found").value = words.length ? `${found} of ${racks.length} ${name}${hits}` : `${racks.length} ${name}`;
}

// Wait until the user stops typing: a thousand racks take a moment.
let timer = 0;
search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, racks.length > 200 ? 200 : 0);
});
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    clearTimeout(timer);
    find();
    const first = document.querySelector("li.found, .rack:not([hidden])");
    const rack = first?.closest(".rack");
    rack?.scrollIntoView({ block: "start" });
    rack?.focus({ preventScroll: true });
  } else if (event.key === "Escape") {
    search.value = "";
    find();
  }
});

// Front, rear, or both.
const choice = byId("switch");
choice?.addEventListener("change", (event) => {
  main.dataset.faces = event.target.value;
});

// Dialogs. The browser moves the focus into them and back, and closes them with Escape.
const large = byId("large");
const device = byId("device");
let shown = null;

function enlarge(figure) {
  const rack = figure.closest(".rack");
  const image = figure.querySelector("img");
  shown = figure;
  Object.assign(large.querySelector("img"), { src: image.src, alt: image.alt });
  byId("large-name").textContent = `${rack.dataset.place} / ${image.alt}`;
  byId("large-facts").textContent = rack.querySelector(".usage").textContent.trim();
  if (!large.open) {
    large.showModal();
  }
}

// The same face of the next or previous rack that the page shows.
function step(by) {
  const visible = racks.filter((rack) => !rack.hidden);
  const next = visible[visible.indexOf(shown.closest(".rack")) + by];
  const figure = next?.querySelector(`.face[data-face="${shown.dataset.face}"]`);
  if (figure) {
    enlarge(figure);
  }
}

function describe(item) {
  const facts = item.cloneNode(true);
  byId("device-name").textContent = facts.querySelector("a, span").textContent;
  const place = item.closest(".rack");
  const where = document.createElement("p");
  where.textContent = `${place.dataset.place} / ${place.querySelector("h4 :first-child").textContent}`;
  byId("device-facts").replaceChildren(...facts.childNodes, where);
  device.showModal();
}

main.addEventListener("click", (event) => {
  const spot = event.target.closest(".spot");
  const button = event.target.closest(".enlarge");
  if (spot) {
    describe(spot.item);
  } else if (button || event.target.matches(".drawing img")) {
    enlarge(event.target.closest("figure"));
  }
});

// Up and down move from device to device in a drawing.
main.addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (by && event.target.matches(".spot")) {
    const spots = [...event.target.parentElement.querySelectorAll(".spot")];
    const next = spots[spots.indexOf(event.target) + by];
    if (next) {
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
    event.preventDefault();
  }
});

for (const dialog of [large, device]) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest(".close")) {
      dialog.close();
    } else if (event.target.dataset.step) {
      step(Number(event.target.dataset.step));
    }
  });
}
large.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by) {
    step(by);
    event.preventDefault();
  }
});

// The height of a drawing in millimeters with which the list of devices, in three columns, fits on the same page.
function printedHeight(rack) {
  const lines = [...rack.querySelectorAll("li")].map((item) => Math.ceil(item.textContent.length / 38));
  const list = (lines.reduce((sum, count) => sum + 0.3 + count, 0) * 2.8) / 3;
  return Math.max(80, Math.min(160, 215 - list));
}

// On paper, each rack has a page with the list of its devices, and images must not wait until they are visible.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll(".rack details:not([open])")];
  closed.forEach((details) => {
    details.open = true;
  });
  const visible = racks.filter((rack) => !rack.hidden);
  const note = document.querySelector("footer").textContent;
  racks.forEach((rack) => {
    rack.classList.toggle("last", rack === visible.at(-1));
    rack.dataset.note = note;
    rack.style.setProperty("--drawing", `${printedHeight(rack)}mm`);
  });
  document.querySelectorAll(".rack:not([hidden]) img").forEach((image) => {
    image.loading = "eager";
  });
});
addEventListener("afterprint", () => {
  closed.forEach((details) => {
    details.open = false;
  });
});

// What needs the script was hidden until now.
document.querySelectorAll("search, #switch, .enlarge").forEach((element) => {
  element.hidden = false;
});
find();
