# shellcheck shell=bash
acs ecs DetachInstanceRamRole RamRoleName=SnapRole 'InstanceIds=["i-db1"]'
acs ram DeleteRole RoleName=SnapRole
