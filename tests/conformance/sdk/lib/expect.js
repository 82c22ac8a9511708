'use strict';
const assert = require('node:assert/strict');

// The call is refused with that code (a text or an expression), and that HTTP status where one is given.
async function refused(promise, code, status) {
  let error;
  try {
    const answer = await promise;
    // Cloud Backup says no inside HTTP 200, where most SDKs do not look.
    const body = answer && (answer.body || answer);
    if (!body || body.Success !== false) assert.fail(`${code} was expected, but the call went well`);
    error = { code: body.Code };
  } catch (thrown) {
    if (thrown instanceof assert.AssertionError) throw thrown;
    error = thrown;
  }
  if (code instanceof RegExp) assert.match(String(error.code), code);
  else assert.equal(error.code, code, `${error.code}: ${error.message}`);
  const got = error.statusCode || (error.data && (error.data.statusCode || error.data.httpCode));
  if (status && got) assert.equal(Number(got), status);
  return error;
}

// Waits until `look` answers something, turning the simulated clock on instead of sleeping.
async function eventually(sim, look, step = '1s', times = 60) {
  for (let i = 0; i < times; i++) {
    const found = await look();
    if (found) return found;
    await sim.advance(step);
  }
  return assert.fail('it did not come to pass');
}

module.exports = { refused, eventually };
