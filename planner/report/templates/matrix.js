// SPDX-License-Identifier: LGPL-2.1-or-later
// The matrix of jobs and device types.

const { kinds, jobs, cells } = data.matrix;
const jobsWith = document.getElementById("matrix-find");
let jobsShown = jobs.map((_, job) => job);
const matrixHeader = make("tr", {}, head("Job"),
  ...kinds.map((kind) => head(make("span", { title: text(kind) }, text(kind)))));

function jobRow(index) {
  const job = jobsShown[index];
  const row = make("tr", {}, make("th", { scope: "row", title: text(jobs[job]) }, text(jobs[job])));
  const of = new Map(cells[job]);
  for (let kind = 0; kind < kinds.length; kind++) {
    const count = of.get(kind);
    const name = count === undefined ? undefined : count ? "some" : "none";
    row.append(make("td", { class: name }, count === undefined ? "" : count ? String(count) : "\u00b7"));
  }
  return row;
}

const matrix = new VirtualTable(document.getElementById("matrix"), matrixHeader, jobRow);

function showJobs() {
  const words = jobsWith.value.toLowerCase().split(/\s+/).filter(Boolean);
  jobsShown = jobs.map((_, job) => job)
    .filter((job) => cells[job].length && words.every((word) => text(jobs[job]).toLowerCase().includes(word)));
  matrix.fill(jobsShown.length);
}

jobsWith.addEventListener("input", showJobs);
