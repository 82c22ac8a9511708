/*
 * Why the cloud made less of a backup than was asked for: Detail.DowngradeReason of a recovery point. A reason that is
 * not in this table is not understood, and what is not understood proves nothing.
 */
#ifndef CBK_KINDS_DOWNGRADE_H
#define CBK_KINDS_DOWNGRADE_H

/* What the reason means, in words that complete 'the backup is less, because ...'; NULL: it is not known here. */
const char *cbk_downgrade_words(const char *reason);

#endif
