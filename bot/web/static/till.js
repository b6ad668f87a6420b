// Makes the cashier's page quick: sends without leaving it, sounds, buzzes, looks through the camera.
(function () {
  "use strict";
  var GIVE_UP_MS = 8000;
  var TONES = { good: [880, 1320], bad: [220, 165], again: [440, 440, 440] };
  var BUZZ = { good: [80], bad: [200, 80, 200], again: [80, 80, 80] };
  var busy = false;
  var muted = recall("xr-muted") === "1";
  var sound = null;

  function at(id) { return document.getElementById(id); }
  function recall(name) { try { return localStorage.getItem(name); } catch (e) { return null; } }
  function remember(name, value) { try { localStorage.setItem(name, value); } catch (e) { /* private window */ } }

  // --- sending ---

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-live")) return;
    event.preventDefault();
    if (busy) return;
    var fields = new URLSearchParams(new FormData(form));
    var pressed = event.submitter;
    if (pressed && pressed.name) fields.append(pressed.name, pressed.value);
    send(form.action, fields);
  });

  function send(url, fields) {
    busy = true;
    var stop = new AbortController();
    var timer = setTimeout(function () { stop.abort(); }, GIVE_UP_MS);
    fetch(url, { method: "POST", body: fields, signal: stop.signal })
      .then(function (answer) { return answer.text(); })
      .then(function (text) { show(new DOMParser().parseFromString(text, "text/html"), url, fields); })
      .catch(function () { offline(url, fields); })
      .finally(function () { clearTimeout(timer); busy = false; });
  }

  function show(page, url, fields) {
    if (page.getElementById("pin")) { location.assign("/till"); return; }
    // A page of somebody between us, such as a proxy's 502: as good as no answer.
    if (!page.getElementById("redeem")) { offline(url, fields); return; }
    replace(page, "result");
    replace(page, "today");
    var form = at("redeem"), fresh = page.getElementById("redeem");
    form.elements.request.value = fresh.elements.request.value;
    form.elements.csrf.value = fresh.elements.csrf.value;
    form.elements.code.value = fresh.elements.code.value;
    tell();
    form.elements.code.focus();
  }

  function replace(page, id) {
    at(id).replaceChildren.apply(at(id), Array.from(page.getElementById(id).childNodes));
  }

  // Nobody knows whether it arrived: the same request is sent again, and counts once.
  function offline(url, fields) {
    at("result").replaceChildren(at("offline").content.cloneNode(true));
    at("retry").addEventListener("click", function () { if (!busy) send(url, fields); });
    tell();
  }

  function showGone() { at("gone").hidden = navigator.onLine; }
  addEventListener("offline", showGone);
  addEventListener("online", showGone);
  showGone();

  // --- telling ---

  function tell() {
    var result = document.querySelector("#result [data-kind]");
    if (!result) return;
    if (navigator.vibrate) navigator.vibrate(BUZZ[result.dataset.kind]);
    if (!muted) play(TONES[result.dataset.kind]);
  }

  function play(tones) {
    var Sound = window.AudioContext || window.webkitAudioContext;
    if (!Sound) return;
    sound = sound || new Sound();
    tones.forEach(function (tone, place) {
      var voice = sound.createOscillator(), loud = sound.createGain();
      var begins = sound.currentTime + place * 0.14;
      voice.frequency.value = tone;
      loud.gain.value = 0.2;
      voice.connect(loud);
      loud.connect(sound.destination);
      voice.start(begins);
      voice.stop(begins + 0.12);
    });
  }

  function showMute() {
    at("mute").setAttribute("aria-pressed", String(muted));
    at("mute").textContent = muted ? "已静音" : "静音";
  }
  at("mute").hidden = false;
  at("mute").addEventListener("click", function () {
    muted = !muted;
    remember("xr-muted", muted ? "1" : "0");
    showMute();
  });
  showMute();

  // --- looking ---

  var stream = null;
  var button = at("camera"), video = at("video");
  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) button.hidden = false;
  button.addEventListener("click", function () {
    Promise.all([reader(), look()])
      .then(function (both) { watch(both[0]); })
      .catch(function () { close(); button.textContent = "打不开摄像头，请输入券码"; });
  });
  at("stop").addEventListener("click", close);

  function look() {
    var wanted = { video: { facingMode: "environment" } };
    return navigator.mediaDevices.getUserMedia(wanted).then(function (found) {
      stream = found;
      video.srcObject = found;
      at("view").hidden = false;
      button.hidden = true;
      return video.play();
    });
  }

  function close() {
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    stream = null;
    at("view").hidden = true;
    button.hidden = false;
    at("code").focus();
  }

  // A reader returns what it sees in a picture, or nothing.
  function reader() {
    if ("BarcodeDetector" in window) {
      var own = new window.BarcodeDetector({ formats: ["qr_code", "code_128"] });
      return Promise.resolve(function (canvas) {
        return own.detect(canvas).then(function (seen) { return seen.length ? seen[0].rawValue : ""; });
      });
    }
    return load(button.dataset.decoder).then(function () {
      return function (canvas, pen) {
        var picture = pen.getImageData(0, 0, canvas.width, canvas.height);
        var seen = window.jsQR(picture.data, picture.width, picture.height, { inversionAttempts: "dontInvert" });
        return Promise.resolve(seen ? seen.data : "");
      };
    });
  }

  function load(url) {
    if (window.jsQR) return Promise.resolve();
    return new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = url;
      script.onload = done;
      script.onerror = failed;
      document.head.appendChild(script);
    });
  }

  function watch(read) {
    var canvas = document.createElement("canvas");
    var pen = canvas.getContext("2d", { willReadFrequently: true });
    (function again() {
      if (!stream) return;
      if (!video.videoWidth) { requestAnimationFrame(again); return; }
      canvas.width = Math.min(640, video.videoWidth);
      canvas.height = Math.round(video.videoHeight * canvas.width / video.videoWidth);
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      read(canvas, pen).then(function (text) {
        if (!stream) return;
        if (!text) { setTimeout(again, 80); return; }
        close();
        at("code").value = text;
        at("redeem").querySelector("button.main").click();
      }, function () { setTimeout(again, 200); });
    })();
  }
})();
