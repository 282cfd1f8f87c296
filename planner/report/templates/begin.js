// SPDX-License-Identifier: LGPL-2.1-or-later
// All is there: show it, and explain the run that the address names.
search();
showJobs();
const asked = /^#run=(.*)/.exec(location.hash);
if (asked) {
  const one = runs.find((run) => run.run === decodeURIComponent(asked[1]));
  if (one) explain(one);
}
