'use strict';
// Starts a simulator of one's own, and speaks to its admin pages.
const { spawn } = require('node:child_process');
const { after, before } = require('node:test');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const binary = process.env.CBK_SIM || path.resolve(__dirname, '../../../../build-dev/bin/cbk-sim');
const READY_MS = 20000;

async function readPort(file, child) {
  const deadline = Date.now() + READY_MS;
  while (!fs.existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`cbk-sim ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('cbk-sim does not get ready');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Number(fs.readFileSync(file, 'utf8'));
}

// A simulator with world.yaml for the checks of one file, ended when they are done. `prepare` runs before the first.
function useSim(prepare = () => {}) {
  const sim = new Sim();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'cbk-sdk-'));
  let child, ended;
  before(async () => {
    const portFile = path.join(home, 'port');
    const world = path.resolve(__dirname, '../world.yaml');
    child = spawn(binary, ['--listen', '127.0.0.1:0', '--port-file', portFile, '--world', world],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk) => { words += chunk; });
    ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ how: signal || code, words })));
    sim.listen(await readPort(portFile, child));
    await prepare(sim);
  });
  after(async () => {
    child.kill('SIGTERM');
    const { how, words } = await ended;
    fs.rmSync(home, { recursive: true });
    if (how !== 0) throw new Error(`cbk-sim ended with ${how}: ${words}`); // a sanitizer's complaint, too
  });
  return sim;
}

class Sim {
  listen(port) {
    this.port = port;
    this.host = `127.0.0.1:${port}`;
    this.url = `http://${this.host}`;
  }

  async admin(method, page, body) {
    const answer = await fetch(`${this.url}/_sim/${page}`,
      { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${page}: ${text}`);
    return JSON.parse(text);
  }

  advance(duration) { return this.admin('POST', 'clock', { advance: duration }); }
  async now() { return (await this.admin('GET', 'clock')).unix; }
  world() { return this.admin('GET', 'world'); }
  patch(section, record) { return this.admin('POST', 'world', { [section]: [record] }); }
  requests() { return this.admin('GET', 'requests'); }
  fault(match, fault, more) { return this.admin('POST', 'faults', { match, fault, ...more }); }
  noFaults() { return this.admin('DELETE', 'faults'); }
}

module.exports = { useSim, binary };
