'use strict';
// Cloud Backup through the generic client, with parameters where the vendor's TypeScript client puts them.
const { account, generic, pop } = require('./clients');

const inForm = { CreatePolicyV2: ['PolicyName', 'PolicyDescription', 'PolicyType', 'Rules'],
  UpdatePolicyV2: ['PolicyId', 'PolicyName', 'PolicyDescription', 'Rules'], DeletePolicyV2: ['PolicyId'],
  DescribePoliciesV2: ['PolicyId', 'MaxResults', 'NextToken'], ExecutePolicyV2: ['PolicyId', 'DataSourceId'],
  CreatePolicyBindings: ['PolicyId'], UpdatePolicyBinding: ['PolicyId', 'DataSourceId'],
  DeletePolicyBinding: ['PolicyId', 'DataSourceIds'],
  DescribePolicyBindings: ['PolicyId', 'DataSourceIds', 'MaxResults', 'NextToken'],
  DescribeUdmSnapshots: ['SnapshotIds'], CreateRestoreJob: ['TargetInstanceId', 'TargetPath'] };

function flatten(params) {
  const flat = {};
  for (const [key, value] of Object.entries(params)) {
    if (key === 'Filters')
      value.forEach((filter, n) => {
        flat[`Filters.${n + 1}.Key`] = filter.Key;
        if (filter.Operator) flat[`Filters.${n + 1}.Operator`] = filter.Operator;
        filter.Values.forEach((text, m) => { flat[`Filters.${n + 1}.Values.${m + 1}`] = String(text); });
      });
    else if (value !== undefined) flat[key] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return flat;
}

// hbr(action, params) in the generation that is asked for.
function hbr(sim, algorithm = undefined, keys = account) {
  const call = generic(sim, 'hbr', keys, algorithm);
  return (action, params = {}) => {
    const query = {}, body = {};
    for (const [key, value] of Object.entries(flatten(params)))
      ((inForm[action] || []).includes(key) ? body : query)[key] = value;
    return call(action, { query, body: Object.keys(body).length ? body : undefined });
  };
}

function hbrByPop(sim, method = 'POST') {
  const client = pop(sim, 'hbr');
  return (action, params = {}) => client.request(action, flatten(params), { method });
}

module.exports = { hbr, hbrByPop };
