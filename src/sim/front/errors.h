/*
 * The cloud's error codes that the simulator gives, and the HTTP status of each. Codes and statuses are those of the
 * vendor's error lists; where those name none, or several, errors.c says so.
 */
#ifndef CBK_SIM_ERRORS_H
#define CBK_SIM_ERRORS_H

/* 400 for a code that is not listed. */
int sim_error_status(const char *code);

#endif
