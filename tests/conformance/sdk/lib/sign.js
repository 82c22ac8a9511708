'use strict';
// Requests signed by hand, where a check has to do what an SDK never does.
const crypto = require('node:crypto');
const { account, versions } = require('./clients');

const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g,
  (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const now = () => `${new Date().toISOString().slice(0, 19)}Z`;

// RPC v1, GET. A parameter that is undefined is left out.
function signedUrl(sim, service, params) {
  const all = { Version: versions[service], Format: 'JSON', AccessKeyId: account.accessKeyId, Timestamp: now(),
    SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0', SignatureNonce: crypto.randomUUID(), ...params };
  const query = Object.keys(all).filter((key) => all[key] !== undefined).sort()
    .map((key) => `${encode(key)}=${encode(all[key])}`).join('&');
  const signature = crypto.createHmac('sha1', `${account.accessKeySecret}&`)
    .update(`GET&%2F&${encode(query)}`).digest('base64');
  return `${sim.url}/?${query}&Signature=${encode(signature)}`;
}

// ACS3, POST of a form.
function signedHeaders(sim, service, action, { date = now(), body = '' }) {
  const hash = crypto.createHash('sha256').update(body).digest('hex');
  const headers = { 'content-type': 'application/x-www-form-urlencoded', host: sim.host, 'x-acs-action': action,
    'x-acs-content-sha256': hash, 'x-acs-date': date, 'x-acs-signature-nonce': crypto.randomUUID(),
    'x-acs-version': versions[service] };
  const signed = Object.keys(headers).sort();
  const canonical = ['POST', '/', '', ...signed.map((name) => `${name}:${headers[name]}`), '', signed.join(';'), hash];
  const digest = crypto.createHash('sha256').update(canonical.join('\n')).digest('hex');
  const signature = crypto.createHmac('sha256', account.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${digest}`).digest('hex');
  return { ...headers, accept: 'application/json',
    authorization: `ACS3-HMAC-SHA256 Credential=${account.accessKeyId},SignedHeaders=${signed.join(';')},Signature=${signature}` };
}

module.exports = { signedUrl, signedHeaders };
