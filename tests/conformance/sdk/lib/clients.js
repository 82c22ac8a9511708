'use strict';
// The vendor's SDKs, pointed at the simulator.
const { RPCClient } = require('@alicloud/pop-core');
const OpenApi = require('@alicloud/openapi-client');
const { RuntimeOptions } = require('@alicloud/tea-util');
const Ecs = require('@alicloud/ecs20140526');
const Ram = require('@alicloud/ram20150501');
const Sts = require('@alicloud/sts20150401');

const versions = { ecs: '2014-05-26', hbr: '2017-09-08', ram: '2015-05-01', sts: '2015-04-01' };
const account = { accessKeyId: 'LTAIconformance', accessKeySecret: 'conformance-secret' };

// pop-core's answers have no prototype, which deepEqual would mind.
const plain = (value) => JSON.parse(JSON.stringify(value));

function pop(sim, service, keys = account) {
  const client = new RPCClient({ ...keys, endpoint: sim.url, apiVersion: versions[service] });
  return { agent: client.keepAliveAgent, request: async (...what) => plain(await client.request(...what)) };
}

function config(sim, keys, algorithm) {
  return new OpenApi.Config({ ...keys, endpoint: sim.host, protocol: 'http', regionId: 'cn-hangzhou',
    signatureAlgorithm: algorithm });
}

// algorithm: undefined for ACS3-HMAC-SHA256, 'v2' for the older signature.
function generic(sim, service, keys = account, algorithm = undefined) {
  const client = new OpenApi.default(config(sim, keys, algorithm));
  return async (action, { query, body, method = 'POST' } = {}) => {
    const params = new OpenApi.Params({ action, version: versions[service], protocol: 'HTTP', method, authType: 'AK',
      style: 'RPC', pathname: '/', reqBodyType: 'formData', bodyType: 'json' });
    const answer = await client.callApi(params, new OpenApi.OpenApiRequest({ query, body }), new RuntimeOptions({}));
    return answer.body;
  };
}

function typed(module, sim, keys, algorithm) {
  return new module.default(config(sim, keys, algorithm));
}

const ecs = (sim, keys = account, algorithm = undefined) => typed(Ecs, sim, keys, algorithm);
const ram = (sim, keys = account, algorithm = undefined) => typed(Ram, sim, keys, algorithm);
const sts = (sim, keys = account, algorithm = undefined) => typed(Sts, sim, keys, algorithm);

// Each way to say the same thing: call(service, action, parameters).
const scalars = (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
function flavours(sim, keys = account) {
  return {
    'pop-core, GET': (service, action, params = {}) => pop(sim, service, keys).request(action, params),
    'pop-core, POST': (service, action, params = {}) =>
      pop(sim, service, keys).request(action, params, { method: 'POST' }),
    'openapi-client, ACS3, query': (service, action, params = {}) =>
      generic(sim, service, keys)(action, { query: scalars(params) }),
    'openapi-client, ACS3, form': (service, action, params = {}) =>
      generic(sim, service, keys)(action, { body: scalars(params) }),
    'openapi-client, ACS3, GET': (service, action, params = {}) =>
      generic(sim, service, keys)(action, { query: scalars(params), method: 'GET' }),
    'openapi-client, RPC v1, query': (service, action, params = {}) =>
      generic(sim, service, keys, 'v2')(action, { query: scalars(params) }),
    'openapi-client, RPC v1, form': (service, action, params = {}) =>
      generic(sim, service, keys, 'v2')(action, { body: scalars(params) }),
  };
}

module.exports = { account, versions, pop, generic, ecs, ram, sts, flavours, Ecs, Ram, Sts };
