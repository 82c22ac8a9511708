/* Vectors, maps and arenas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

#include <string.h>

struct pair {
    int a, b;
};
CBK_VEC(pairs, struct pair)

static void a_vector_keeps_what_was_pushed(void **state)
{
    (void)state;
    CBK_CLEANUP(pairs_release) struct pairs pairs = {0};
    for (int i = 0; i < 100; i++)
        pairs_push(&pairs, (struct pair){.a = i, .b = -i});
    assert_int_equal(pairs.len, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(pairs.items[i].a + pairs.items[i].b, 0);
    struct pair *fresh = pairs_add(&pairs);
    assert_int_equal(fresh->a, 0);
    pairs_release(&pairs);
    assert_null(pairs.items);
    assert_int_equal(pairs.len, 0);
}

static void a_map_keeps_the_order_of_insertion(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *map = cbk_map_new();
    static char values[] = "zyx";
    char key[] = "k";
    assert_null(cbk_map_set(map, "z", &values[0]));
    assert_null(cbk_map_set(map, key, &values[1]));
    key[0] = 'x'; /* keys are copied */
    assert_null(cbk_map_set(map, "a", &values[2]));
    assert_ptr_equal(cbk_map_set(map, "z", &values[2]), &values[0]);
    assert_int_equal(cbk_map_count(map), 3);
    assert_ptr_equal(cbk_map_get(map, "k"), &values[1]);
    assert_null(cbk_map_get(map, "x"));
    char order[8] = "";
    CBK_MAP_FOREACH(entry, map)
        (void)strncat(order, cbk_map_entry_key(entry), 1);
    assert_string_equal(order, "zka");
    assert_ptr_equal(cbk_map_remove(map, "k"), &values[1]);
    assert_null(cbk_map_remove(map, "k"));
    assert_int_equal(cbk_map_count(map), 2);
    cbk_map_free(NULL);
}

static void a_map_holds_many(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *map = cbk_map_new();
    static char value;
    for (int i = 0; i < 5000; i++) {
        CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("key-%d", i);
        cbk_map_set(map, key, &value + (i & 0));
    }
    assert_int_equal(cbk_map_count(map), 5000);
    assert_non_null(cbk_map_get(map, "key-4999"));
    assert_null(cbk_map_get(map, "key-5000"));
}

static void an_arena_gives_zeroed_and_aligned_memory(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    for (size_t i = 1; i < 300; i++) {
        unsigned char *piece = cbk_arena_alloc(arena, i, 7);
        assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
        for (size_t at = 0; at < i * 7; at++)
            assert_int_equal(piece[at], 0);
        memset(piece, 0xff, i * 7);
    }
    assert_non_null(cbk_arena_alloc(arena, 1, 1000000));
    assert_string_equal(cbk_arena_strf(arena, "%s-%d", "a", 1), "a-1");
    assert_string_equal(cbk_arena_strndup(arena, "abc", 2), "ab");
    assert_null(cbk_arena_strdup(arena, NULL));
    cbk_arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vector_keeps_what_was_pushed),
        cmocka_unit_test(a_map_keeps_the_order_of_insertion),
        cmocka_unit_test(a_map_holds_many),
        cmocka_unit_test(an_arena_gives_zeroed_and_aligned_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
