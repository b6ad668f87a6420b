// Asks every five seconds, while somebody looks, whether the coupon was taken in meanwhile.
(function () {
  "use strict";
  var EVERY_MS = 5000;
  var shown = document.getElementById("state");
  if (!shown) return;

  function showGone(gone) { document.getElementById("gone").hidden = !gone; }

  function ask() {
    if (document.visibilityState !== "visible") return;
    fetch(shown.dataset.url, { cache: "no-store" })
      .then(function (answer) {
        showGone(answer.status >= 500);
        return answer.ok ? answer.json() : null;
      })
      .then(function (told) {
        if (told && told.state !== shown.dataset.state) location.reload();
      })
      .catch(function () { showGone(true); /* the next round asks again */ });
  }

  setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
  addEventListener("offline", ask);
  addEventListener("online", ask);
})();
