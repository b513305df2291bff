/** Lets the page's frame be painted before its program is run. */

requestAnimationFrame(() => setTimeout(() => import("./app.js")));
