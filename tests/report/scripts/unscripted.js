// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be read of a page whose script does not run.
const [page] = pages;
return {
  text: page.document.body.innerText,
  scripted: [...page.document.querySelectorAll(".script")].filter((e) => e.getClientRects().length).length,
};
