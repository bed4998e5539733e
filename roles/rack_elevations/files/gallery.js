// Copyright (c) 2026 The netbox.cursor authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

"use strict";

// "sao" finds "São Paulo".
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const search = document.getElementById("search");
const racks = [...document.querySelectorAll(".rack")].map((element) => ({
  element,
  text: plain(`${element.dataset.place} ${element.textContent}`),
}));

function show() {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const rack of racks) {
    const fits = words.every((word) => rack.text.includes(word));
    rack.element.hidden = !fits;
    found += fits;
  }
  for (const section of document.querySelectorAll(".location, .site")) {
    section.hidden = !section.querySelector(".rack:not([hidden])");
  }
  for (const link of document.querySelectorAll("nav a")) {
    link.hidden = document.getElementById(link.hash.slice(1)).hidden;
  }
  document.getElementById("nothing").hidden = found > 0;
  document.getElementById("found").value = words.length ? `${found} of ${racks.length} racks` : `${racks.length} racks`;
}

search.addEventListener("input", show);
show();

const large = document.getElementById("large");
document.querySelector("main").addEventListener("click", (event) => {
  if (event.target.tagName === "IMG") {
    Object.assign(large.firstElementChild, { src: event.target.src, alt: event.target.alt });
    large.showModal();
  }
});
large.addEventListener("click", () => large.close());
