'use strict';
// The error codes that the vendor publishes, each drawn by a request that deserves it.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { useSim, binary } = require('../lib/sim');
const { generic } = require('../lib/clients');
const { refused } = require('../lib/expect');

const trust = JSON.stringify({ Version: '1', Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: ['ecs.aliyuncs.com'] } }] });
const document = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: ['ecs:*'], Resource: ['*'] }] });
const sim = useSim(async (made) => {
  await generic(made, 'ram')('CreateRole', { query: { RoleName: 'role', AssumeRolePolicyDocument: trust } });
  await generic(made, 'ram')('CreatePolicy', { query: { PolicyName: 'policy', PolicyDocument: document } });
});
const many = (count, make) => JSON.stringify(Array.from({ length: count }, (_, i) => make(i)));
const repeated = (name, count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}.${i + 1}`, `i-${i}`]));
const long = (count) => 'x'.repeat(count);
const R = { RegionId: 'cn-hangzhou' };
const run = { ...R, Type: 'RunShellScript', CommandContent: 'true', 'InstanceId.1': 'i-mysql1' };
const send = { ...R, Name: 'x', TargetDir: '/tmp', Content: 'x', 'InstanceId.1': 'i-mysql1' };
const tag = { ...R, ResourceType: 'instance', 'ResourceId.1': 'i-mysql1' };

const rows = [
  ['ram', 'CreateRole', { RoleName: 'a/b', AssumeRolePolicyDocument: trust }, 'InvalidParameter.RoleName.InvalidChars'],
  ['ram', 'CreateRole', { RoleName: long(65), AssumeRolePolicyDocument: trust }, 'InvalidParameter.RoleName.Length'],
  ['ram', 'CreateRole', { RoleName: 'new', AssumeRolePolicyDocument: '{}' }, 'MalformedPolicyDocument'],
  ['ram', 'CreateRole', { RoleName: 'role', AssumeRolePolicyDocument: trust }, 'EntityAlreadyExists.Role'],
  ['ram', 'UpdateRole', { RoleName: 'nobody', NewAssumeRolePolicyDocument: trust }, 'EntityNotExist.Role'],
  ['ram', 'UpdateRole', { RoleName: 'role', NewAssumeRolePolicyDocument: '[]' }, 'MalformedPolicyDocument'],
  ['ram', 'GetRole', { RoleName: 'a b' }, 'InvalidParameter.RoleName.InvalidChars'],
  ['ram', 'CreatePolicy', { PolicyName: 'a b', PolicyDocument: document }, 'InvalidParameter.PolicyName.InvalidChars'],
  ['ram', 'CreatePolicy', { PolicyName: long(129), PolicyDocument: document }, 'InvalidParameter.PolicyName.Length'],
  ['ram', 'CreatePolicy', { PolicyName: 'new', PolicyDocument: 'x' }, 'MalformedPolicyDocument'],
  ['ram', 'CreatePolicy', { PolicyName: 'new', PolicyDocument: document.replace('ecs:*', long(6200)) }, 'InvalidParameter.PolicyDocument.Length'],
  ['ram', 'CreatePolicy', { PolicyName: 'new', PolicyDocument: document, Description: long(1025) }, 'InvalidParameter.Description.Length'],
  ['ram', 'CreatePolicy', { PolicyName: 'policy', PolicyDocument: document }, 'EntityAlreadyExists.Policy'],
  ['ram', 'CreatePolicyVersion', { PolicyName: 'nothing', PolicyDocument: document }, 'EntityNotExist.Policy'],
  ['ram', 'CreatePolicyVersion', { PolicyName: 'policy', PolicyDocument: '{"Version":"1"}' }, 'MalformedPolicyDocument'],
  ['ram', 'GetPolicy', { PolicyName: 'policy', PolicyType: 'Own' }, 'InvalidParameter.PolicyType'],
  ['ram', 'GetPolicy', { PolicyName: 'nothing', PolicyType: 'Custom' }, 'EntityNotExist.Policy'],
  ['ram', 'GetPolicy', { PolicyName: 'policy', PolicyType: 'System' }, 'EntityNotExist.Policy'],
  ['ram', 'GetPolicyVersion', { PolicyName: 'policy', PolicyType: 'Custom', VersionId: 'v9' }, 'EntityNotExist.Policy.Version'],
  ['ram', 'GetPolicyVersion', { PolicyName: 'policy', PolicyType: 'Custom', VersionId: 'nine' }, 'InvalidParameter.VersionId.Format'],
  ['ram', 'SetDefaultPolicyVersion', { PolicyName: 'policy', VersionId: 'v9' }, 'EntityNotExist.Policy.Version'],
  ['ram', 'DeletePolicyVersion', { PolicyName: 'policy', VersionId: 'v1' }, 'DeleteConflict.Policy.Version.Default'],
  ['ram', 'ListPolicies', { PolicyType: 'Own' }, 'InvalidParameter.PolicyType'],
  ['ram', 'ListPoliciesForRole', { RoleName: 'nobody' }, 'EntityNotExist.Role'],
  ['ram', 'ListEntitiesForPolicy', { PolicyType: 'Custom', PolicyName: 'nothing' }, 'EntityNotExist.Policy'],
  ['ram', 'ListPolicyVersions', { PolicyType: 'Custom', PolicyName: 'nothing' }, 'EntityNotExist.Policy'],
  ['ram', 'UpdatePolicyDescription', { PolicyName: 'nothing', NewDescription: 'x' }, 'EntityNotExist.Policy'],
  ['ram', 'DetachPolicyFromRole', { PolicyType: 'Custom', PolicyName: 'policy', RoleName: 'role' }, 'EntityNotExist.Role.Policy'],
  ['sts', 'AssumeRole', { RoleArn: 'acs:ram::1234567890123456:role/role', RoleSessionName: 's1' }, 'NoPermission'],
  ['sts', 'AssumeRole', { RoleArn: 'role', RoleSessionName: 's1' }, 'InvalidParameter.RoleArn'],
  ['sts', 'AssumeRole', { RoleArn: 'acs:ram::1234567890123456:role/role', RoleSessionName: '?' }, 'InvalidParameter.RoleSessionName'],
  ['sts', 'AssumeRole', { RoleArn: 'acs:ram::1234567890123456:role/role', RoleSessionName: 's1', DurationSeconds: '10' }, 'InvalidParameter.DurationSeconds'],
  ['ecs', 'DescribeInstances', { ...R, Status: 'Sleeping' }, 'InvalidStatus.NotFound'],
  ['ecs', 'DescribeInstances', { RegionId: 'nowhere' }, 'InvalidRegionId.NotFound'],
  ['ecs', 'DescribeDisks', { ...R, DiskIds: 'nonsense' }, 'InvalidDiskIds.ValueNotSupported'],
  ['ecs', 'DescribeDisks', { ...R, Category: 'cloud_tape' }, 'InvalidCategory.ValueNotSupported'],
  ['ecs', 'DescribeDisks', { ...R, Status: 'Lost' }, 'InvalidStatus.ValueNotSupported'],
  ['ecs', 'DescribeSnapshots', { ...R, SnapshotIds: 'nonsense' }, 'InvalidSnapshotIds.Malformed'],
  ['ecs', 'DescribeSnapshots', { ...R, Status: 'lost' }, 'InvalidStatus.NotFound'],
  ['ecs', 'DescribeSnapshotGroups', { ...R, 'Status.1': 'lost' }, 'InvalidStatus.ValueNotSupported'],
  ['ecs', 'DescribeRegions', { ResourceType: 'castle' }, 'InvalidResourceType.NotFound'],
  ['ecs', 'DescribeRegions', { AcceptLanguage: 'la' }, 'InvalidAcceptLanguage.NotFound'],
  ['ecs', 'DescribeCloudAssistantStatus', { ...R, ...repeated('InstanceId', 51) }, 'InstanceIds.ExceedLimit'],
  ['ecs', 'DescribeInstanceRamRole', { ...R }, 'InvalidParameter.AllEmpty'],
  ['ecs', 'DescribeInstanceRamRole', { ...R, InstanceIds: 'nonsense' }, 'InvalidInstanceIds.Malformed'],
  ['ecs', 'AttachInstanceRamRole', { ...R, InstanceIds: 'nonsense', RamRoleName: 'role' }, 'InvalidInstanceIds.Malformed'],
  ['ecs', 'AttachInstanceRamRole', { ...R, InstanceIds: '["i-mysql1"]' }, 'MissingParameter.RamRoleName'],
  ['ecs', 'AttachInstanceRamRole', { ...R, RamRoleName: 'role' }, 'MissingParameter.InstanceIds'],
  ['ecs', 'AttachInstanceRamRole', { ...R, InstanceIds: '["i-mysql1"]', RamRoleName: 'nobody' }, 'InvalidRamRole.NotFound'],
  ['ecs', 'RunCommand', { ...run, 'InstanceId.1': 'i-nosuch' }, 'InvalidInstance.NotFound'],
  ['ecs', 'RunCommand', { ...run, ...repeated('InstanceId', 101) }, 'InstanceIds.ExceedLimit'],
  ['ecs', 'RunCommand', { ...run, Type: 'RunPoem' }, 'InvalidCmdType.NotFound'],
  ['ecs', 'RunCommand', { ...run, Type: 'RunPowerShellScript' }, 'InvalidInstance.NotMatch'],
  ['ecs', 'RunCommand', { ...run, Name: long(129) }, 'CmdName.ExceedLimit'],
  ['ecs', 'RunCommand', { ...run, Description: long(513) }, 'CmdDesc.ExceedLimit'],
  ['ecs', 'RunCommand', { ...run, Username: long(256) }, 'Username.ExceedLimit'],
  ['ecs', 'RunCommand', { ...run, RepeatMode: 'Sometimes' }, 'InvalidRepeatMode.NotFound'],
  ['ecs', 'InvokeCommand', { ...R, CommandId: 'c-nosuch', 'InstanceId.1': 'i-mysql1' }, 'InvalidCmdId.NotFound'],
  ['ecs', 'StopInvocation', { ...R, InvokeId: 't-nosuch' }, 'InvalidInvokeId.NotFound'],
  ['ecs', 'InstallCloudAssistant', { ...R, 'InstanceId.1': 'i-nosuch' }, 'InvalidInstance.NotFound'],
  ['ecs', 'SendFile', { ...send, FileMode: 'rwx' }, 'FileMode.Invalid'],
  ['ecs', 'SendFile', { ...send, ContentType: 'Base65' }, 'FileContentType.Invalid'],
  ['ecs', 'SendFile', { ...send, ContentType: 'Base64', Content: '%' }, 'FileContent.DecodeError'],
  ['ecs', 'SendFile', { ...send, Name: long(256) }, 'FileName.ExceedLimit'],
  ['ecs', 'SendFile', { ...send, Content: long(33000) }, 'FileSize.ExceedLimit'],
  ['ecs', 'SendFile', { ...send, ...repeated('InstanceId', 51) }, 'InstanceIds.ExceedLimit'],
  ['ecs', 'CreateSnapshot', { DiskId: 'd-nosuch' }, 'InvalidDiskId.NotFound'],
  ['ecs', 'CreateSnapshotGroup', { ...R }, 'MissingParamter.InstanceId'],
  ['ecs', 'CreateSnapshotGroup', { ...R, InstanceId: 'i-mysql1', 'DiskId.1': 'd-mysql1a', 'ExcludeDiskId.1': 'd-mysql1b' }, 'InvalidParam.ExcludeDiskIdsAndDiskIds.Conflict'],
  ['ecs', 'CreateSnapshotGroup', { ...R, 'DiskId.1': 'd-slowa' }, 'DiskCategory.OperationNotSupported'],
  ['ecs', 'TagResources', { ...tag, ResourceType: 'castle', 'Tag.1.Key': 'a' }, 'InvalidResourceType.NotFound'],
  ['ecs', 'TagResources', { ...tag, 'ResourceId.1': 'i-nosuch', 'Tag.1.Key': 'a' }, 'InvalidResourceId.NotFound'],
  ['ecs', 'TagResources', { ...tag, 'Tag.1.Key': 'acs:a' }, 'InvalidTagKey.Malformed'],
  ['ecs', 'TagResources', { ...tag, 'Tag.1.Key': 'a', 'Tag.1.Value': long(129) }, 'InvalidTagValue.Malformed'],
  ['ecs', 'TagResources', { ...tag, 'Tag.1.Key': 'a', 'Tag.2.Key': 'a' }, 'Duplicate.TagKey'],
  ['ecs', 'TagResources', { ...tag }, 'MissingParameter.Tags'],
  ['hbr', 'DescribeVaults', { VaultId: 'v-nosuch' }, 'InvalidResourceId.NotFound'],
  ['hbr', 'OpenHbrService', {}, 'ORDER.OPEND'],
];

for (const [service, action, params, code] of rows)
  test(`${service} ${action}: ${code}`, async () => {
    const error = await refused(generic(sim, service)(action, { body: params }), code);
    assert.ok(error.message.length > 10);
  });

// What a request leaves out is asked for, whatever the action.
for (const { service, action, params } of JSON.parse(execFileSync(binary, ['--print-actions'], { encoding: 'utf8' }))) {
  const required = Object.keys(params).filter((name) => params[name].required);
  if (required.length && action !== 'AssumeRoleWithOIDC')
    test(`${service} ${action} without ${required.join(', ')}`, async () => {
      await refused(generic(sim, service)(action), /^Missing|^InvalidParameter\.AllEmpty/);
    });
}

test('too many ids, tags and items', async () => {
  await refused(generic(sim, 'ecs')('DescribeInstances', { body: { ...R, InstanceIds: many(101, (i) => `i-${i}`) } }), /^Invalid/);
  const tags = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`Tag.${i + 1}.Key`, `k${i}`]));
  await refused(generic(sim, 'ecs')('DescribeInstances', { body: { ...R, ...tags } }), 'InvalidTagCount');
  await refused(generic(sim, 'ecs')('TagResources', { body: { ...tag, ...tags } }), /Exceed|InvalidTagCount/);
});
