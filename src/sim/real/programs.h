/*
 * What the simulator does in a guest or beside it, as programs of their own: `cbk-sim WORD ...`, started by itself
 * (process.h) and of no use to anybody else.
 */
#ifndef CBK_SIM_PROGRAMS_H
#define CBK_SIM_PROGRAMS_H

/* Is the program that argv[1] names, and does not return; or does nothing. */
void sim_program_run(int argc, char **argv);

/*
 * guest-init LOCK SPEC: boots a guest and is its first process. SPEC is JSON:
 *     {hostname, root: where to mount, disks: [{image, device, filesystem, mount}], mounts: [{source, filesystem,
 * mount}], share: [path], empty_tmp} Holds LOCK (shared) while it lives. Says "ready PID" (as the host counts) or why
 * not, in one line. The end of its standard input ends the guest: its processes get SIGTERM, later SIGKILL, its disks
 * are unmounted.
 */
int sim_guest_init(int argc, char **argv);
/*
 * guest-run PID USER DIRECTORY PROGRAM ARGUMENT...: runs a program in the guest whose first process is PID, and exits
 * as it does. PROGRAM "-": the argument is the text of a script.
 */
int sim_guest_run_program(int argc, char **argv);
/*
 * guest-freeze MS PATH...: freezes the file systems of a guest (paths as the machine has them), first to last, and
 * thaws them at the latest so many milliseconds later; what it says, and what it listens to, is told in
 * freeze_program.c.
 */
int sim_guest_freeze_program(int argc, char **argv);

#endif
