"""The keypad as a web page: it shows what the driver asks for, and sends the keys that were pressed."""

from __future__ import annotations

PAGE = """<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>密码键盘 Keypad</title>
<style>
body{font:20px/1.4 system-ui,sans-serif;max-width:18rem;margin:2rem auto;text-align:center}
#shown{border:2px solid #555;border-radius:.4rem;padding:.6rem;min-height:5rem}
#digits{font-size:2rem;letter-spacing:.3rem;min-height:2.4rem}
#keys{display:grid;grid-template-columns:repeat(3,1fr);gap:.4rem;margin-top:.8rem}
button{font:inherit;padding:.7rem 0}
</style>
</head>
<body>
<div id="shown"><div id="prompt">…</div><div id="digits"></div></div>
<div id="keys"></div>
<script>
const headers = {"Authorization": "Bearer " + location.hash.slice(1)};
const prompt = document.getElementById("prompt"), digits = document.getElementById("digits");
let entry = "", asked = "";
function shown() { digits.textContent = "*".repeat(entry.length); }
async function press(said) {
  await fetch("../keypad", {method: "POST", headers, body: JSON.stringify({entries: [said]})});
  entry = ""; shown();
}
const keys = {"取消 Cancel": () => press("CANCEL"), "更正 Clear": () => { entry = ""; shown(); },
              "确认 Enter": () => { if (entry) press(entry); }};
for (const key of [..."123456789", "取消 Cancel", "0", "更正 Clear", "确认 Enter"]) {
  const button = document.createElement("button");
  button.textContent = key;
  button.onclick = keys[key] || (() => { if (asked && entry.length < 16) { entry += key; shown(); } });
  if (key.startsWith("确认")) button.style.gridColumn = "1 / 4";
  document.getElementById("keys").append(button);
}
async function look() {
  try {
    const answer = await fetch("../keypad", {headers});
    const keypad = await answer.json();
    const now = answer.ok ? keypad.prompt_zh : keypad.error;
    if (now !== asked) { entry = ""; shown(); }
    asked = now;
    prompt.textContent = now ? now + " " + (keypad.prompt || "") : "待机 Nothing is asked";
  } catch (error) { prompt.textContent = "服务已停止 The service has ended"; }
  setTimeout(look, 300);
}
look();
</script>
</body>
</html>
"""
