// SPDX-License-Identifier: GPL-3.0-or-later
//
// What drives the other two families of browsers: Firefox by WebDriver BiDi, its own remote agent without a driver
// between; WebKit, Safari's, by WebKitWebDriver, which is WebDriver over HTTP, on a screen that nobody sees.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import WebSocket from 'ws';
import { until } from './rig.mjs';

/** What a program says as soon as it matches. */
function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (data) => {
      text += data;
      const found = pattern.exec(text);
      if (found) resolve(found);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', () => reject(new Error(`it ended: ${text.slice(-300)}`)));
    child.once('error', reject);
  });
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Firefox, one tab. */
export class Firefox {
  async start() {
    this.folder = mkdtempSync(`${tmpdir()}/gst-firefox-`);
    this.child = spawn('firefox-esr', ['--headless', '--no-remote', '--profile', this.folder, '--remote-debugging-port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: this.folder } });
    const [, url] = await said(this.child, /(ws:\/\/[\d.:]+)/);
    this.socket = new WebSocket(`${url}/session`);
    this.asked = new Map();
    this.heard = [];
    this.socket.on('message', (data) => this.#hear(JSON.parse(data)));
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject));
    await this.#ask('session.new', { capabilities: {} });
    await this.#ask('session.subscribe', { events: ['log.entryAdded'] });
    ({ context: this.tab } = await this.#ask('browsingContext.create', { type: 'tab' }));
  }

  #hear({ id, result, error, message, method, params }) {
    if (method === 'log.entryAdded' && params.level === 'error') this.heard.push(params.text);
    const answer = this.asked.get(id);
    this.asked.delete(id);
    if (error) answer?.reject(new Error(`${error}: ${message}`));
    else answer?.resolve(result);
  }

  #ask(method, params) {
    const id = ++this.count || (this.count = 1);
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
  }

  async open(url, width, height) {
    await this.#ask('browsingContext.setViewport', { context: this.tab, viewport: { width, height } });
    await this.#ask('browsingContext.navigate', { context: this.tab, url: 'about:blank', wait: 'complete' });
    await this.#ask('browsingContext.navigate', { context: this.tab, url, wait: 'complete' });
  }

  /** The value of an expression in the page: anything that JSON can hold. */
  async see(expression) {
    const { result, exceptionDetails } = await this.#ask('script.evaluate', {
      expression: `JSON.stringify(${expression})`, target: { context: this.tab }, awaitPromise: true, userActivation: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  }

  /** Presses a key on what has the focus; '\uE013' is the arrow up. */
  press(key) {
    return this.#ask('input.performActions', { context: this.tab, actions: [{ type: 'key', id: 'keys',
      actions: [{ type: 'keyDown', value: key }, { type: 'keyUp', value: key }] }] });
  }

  /** What the page complained about. */
  async complaints() {
    return this.heard;
  }

  async photograph(file) {
    const { data } = await this.#ask('browsingContext.captureScreenshot', { context: this.tab });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }

  async stop() {
    this.socket?.close();
    await ended(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** WebKit in its MiniBrowser, one window. */
export class WebKit {
  async start() {
    this.screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1700x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const display = await new Promise((resolve) => this.screen.stdio[3].once('data', (data) => resolve(String(data).trim())));
    await until(() => this.#startDriver(display));
    const { sessionId } = await this.#ask('POST', '/session', { capabilities: { alwaysMatch: {} } });
    this.session = `/session/${sessionId}`;
  }

  /* Another program may take a port that was free a moment ago. */
  async #startDriver(display) {
    this.port = await freePort();
    this.driver = spawn('WebKitWebDriver', [`--port=${this.port}`], { stdio: 'ignore', env: { ...process.env,
      DISPLAY: `:${display}`, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } }); // a container has no second sandbox to give
    const there = () => fetch(`http://127.0.0.1:${this.port}/status`).catch(() => null);
    return await until(async () => await there() ?? this.driver.exitCode !== null) && this.driver.exitCode === null;
  }

  async #ask(method, path, body) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(value.message);
    return value;
  }

  async open(url, width, height) {
    await this.#ask('POST', `${this.session}/url`, { url: 'about:blank' });
    await this.#ask('POST', `${this.session}/window/rect`, { width, height, x: 0, y: 0 });
    await this.#ask('POST', `${this.session}/url`, { url });
    await this.see(`(globalThis.faults = [], addEventListener('error', (e) => faults.push(e.message)),
      addEventListener('unhandledrejection', (e) => faults.push(String(e.reason))), console.error = (...all) => faults.push(all.join(' ')), 0)`);
  }

  see(expression) {
    return this.#ask('POST', `${this.session}/execute/sync`, { script: `return ${expression}`, args: [] });
  }

  press(key) {
    return this.#ask('POST', `${this.session}/actions`, { actions: [{ type: 'key', id: 'keys',
      actions: [{ type: 'keyDown', value: key }, { type: 'keyUp', value: key }] }] });
  }

  complaints() {
    return this.see('globalThis.faults');
  }

  async photograph(file) {
    writeFileSync(file, Buffer.from(await this.#ask('GET', `${this.session}/screenshot`), 'base64'));
  }

  async stop() {
    if (this.session) await this.#ask('DELETE', this.session).catch(() => {});
    await ended(this.driver);
    await ended(this.screen);
  }
}
