// A Node program on the driver's WebSocket: reads the card, verifies the PIN, makes both steps of an HSM read.
const WebSocket = require("ws");
const [url] = process.argv.slice(2);
const socket = new WebSocket(url);
const waiting = [];
socket.on("message", (text) => waiting.shift()(JSON.parse(text)));
const call = (request) => new Promise((resolve) => { waiting.push(resolve); socket.send(JSON.stringify(request)); });

socket.on("open", async () => {
  const base = await call({ function: "iReadCardBas", iType: 3 });
  const pin = await call({ function: "iVerifyPIN", iType: 1 });
  const step1 = await call({ function: "iReadCardBas_HSM_Step1", iType: 3 });
  console.log(JSON.stringify({ base, pin, step1 }));
  process.stdin.once("data", async (key) => {
    const step2 = await call({ function: "ReadCard_HSM_Step2", pKey: key.toString().trim() });
    console.log(JSON.stringify({ step2 }));
    process.stdin.once("data", async () => {
      const removed = await call({ function: "iReadCardBas", iType: 3 });
      console.log(JSON.stringify({ removed }));
      socket.close();
      process.stdin.pause();
    });
  });
});
socket.on("error", (error) => { console.error(error.message); process.exit(1); });
