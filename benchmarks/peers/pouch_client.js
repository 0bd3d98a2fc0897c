// A PouchDB on LevelDB that replicates so many documents to a server, then a hundred more, then nothing; and another one
// that takes all of them: node pouch_client.js FOLDER URL SIZE. Prints milliseconds, bytes and memory as JSON.
const PouchDB = require('pouchdb').defaults({ prefix: process.argv[2] });
const url = process.argv[3], size = Number(process.argv[4]);
const BATCHES = { batch_size: 1000 };
const rows = (from, count) => Array.from({ length: count }, (_each, n) => ({
  _id: `site-${from + n}`, code: `P-${from + n}`, name_ru: `Учебный объект ${from + n}`, region: '47', lat: 43.6 + n % 100 / 1000, lon: 51.1,
}));
const bytes = async () => { await new Promise((go) => setTimeout(go, 100)); return (await fetch(`${url}/bytes`)).json(); };
async function timed(work) {
  const before = await bytes(), begun = performance.now();
  await work();
  const took = performance.now() - begun;
  return { ms: took, bytes: (await bytes()) - before };
}
(async () => {
  const told = {}, local = new PouchDB('laptop'), remote = `${url}/register`;
  await local.bulkDocs(rows(0, size));
  told.push = await timed(() => local.replicate.to(remote, BATCHES));
  await local.bulkDocs(rows(size, 100));
  told.hundred = await timed(() => local.replicate.to(remote, BATCHES));
  told.nothing = await timed(() => local.replicate.to(remote, BATCHES));
  const second = new PouchDB('second');
  told.pull = await timed(() => second.replicate.from(remote, BATCHES));
  told.memory = process.memoryUsage().rss / 2 ** 20;
  told.rows = (await second.info()).doc_count;
  console.log(JSON.stringify(told));
})();
