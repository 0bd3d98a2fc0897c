// The protocol of CouchDB over HTTP, by express-pouchdb on LevelDB: node pouch_server.js FOLDER PORT.
// GET /bytes tells how much went over its connections so far, both ways.
const express = require('express');
const PouchDB = require('pouchdb').defaults({ prefix: process.argv[2] });
const app = express();
let bytes = 0;
app.get('/bytes', (_asked, answer) => answer.json(bytes));
app.use('/', require('express-pouchdb')(PouchDB, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: '/dev/null' }));
const server = app.listen(Number(process.argv[3]), '127.0.0.1');
const open = new Set();
let closed = 0;
server.on('connection', (socket) => {
  open.add(socket);
  socket.on('close', () => { closed += socket.bytesRead + socket.bytesWritten; open.delete(socket); });
});
setInterval(() => { bytes = closed; for (const each of open) bytes += each.bytesRead + each.bytesWritten; }, 20).unref();
