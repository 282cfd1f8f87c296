// SPDX-License-Identifier: LGPL-2.1-or-later
// Wait until what comes into view is drawn.
await sleep(500);
