# shellcheck shell=bash
acs ram AttachPolicyToRole RoleName=SnapRole PolicyName=AdministratorAccess PolicyType=System
