/*
 * The blocks of a stack that speak about addresses and not about the cloud:
 *
 *   moved     what the state remembers at one address stands at another one now
 *   removed   what the state remembers there is forgotten, and left alone in the cloud
 *   import    what is declared there is a thing that lives already, whatever it looks like
 *
 * An address without an instance speaks for all instances of a kind that has one object each. A block stays harmless
 * once it has been applied: it finds nothing to do.
 */
#ifndef CBK_ENGINE_BLOCKS_H
#define CBK_ENGINE_BLOCKS_H

#include "engine/address.h"

struct cbk_stack;
struct cbk_objects;

struct cbk_block {
    const char *text; /* the address; of a move, the old one; borrowed from the stack, as are all texts */
    struct cbk_address address;
    struct cbk_span span;
    const char *to_text; /* moved: the new one */
    struct cbk_address to;
    struct cbk_span to_span;
    const char *id; /* import: what the cloud calls it */
    struct cbk_span id_span;
};
CBK_VEC(cbk_block_list, struct cbk_block)

struct cbk_blocks {
    struct cbk_block_list moved, removed, imports;
};

void cbk_blocks_release(struct cbk_blocks *blocks);

/* Reads the blocks of a stack whose declarations are known, and judges what needs neither state nor cloud: unknown and
 * unlike addresses, what is declared and must not be or is not and must be, chains, circles, repetitions. */
void cbk_blocks_read(struct cbk_stack *stack, struct cbk_errors *errors);

/* Adds what a block under 'import' would say, judged alike. */
CBK_MUST_CHECK int cbk_blocks_add_import(struct cbk_stack *stack, const char *address, const char *id,
                                         struct cbk_errors *errors);

/* The move that takes the object (which git does not declare) elsewhere, or NULL: its own, else that of its key. */
const struct cbk_block *cbk_blocks_move_of(const struct cbk_blocks *blocks, const struct cbk_object *object);
/* The declared object that the move makes its heir; NULL where there is none, which for the move of one instance's
 * share is an error: it would be destroyed. So is an heir that remembers something else. */
struct cbk_object *cbk_blocks_heir(const struct cbk_block *move, const struct cbk_objects *objects,
                                   const struct cbk_object *old, struct cbk_errors *errors);
/* Marks the objects, state joined in, that are to be forgotten, and those to be imported unless none is wanted. */
void cbk_blocks_mark(const struct cbk_stack *stack, bool want_none, const struct cbk_objects *objects,
                     struct cbk_errors *errors);

#endif
