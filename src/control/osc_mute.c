/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_mute.h. In a filter of a UDP socket offset 0 is the UDP header (RFC 768), and SKF_NET_OFF that of IP. */
#include "control/osc_mute.h"

#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>

#define PAYLOAD   8           /* behind the UDP header */
#define PANIC     0x2f70616eu /* "/pan" */
#define SOURCE_4  12          /* RFC 791 clause 3.1 */
#define SOURCE_6  8           /* RFC 8200 clause 3 */
#define BLOCK_MAX 16
#define LENGTH    (3 + GS_OSC_MUTES * BLOCK_MAX)

struct program {
    struct sock_filter code[LENGTH];
    unsigned short n;
};

static void put(struct program *program, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
    program->code[program->n++] =
        (struct sock_filter){ (unsigned short)code, (unsigned char)yes, (unsigned char)no, k };
}

static void load(struct program *program, unsigned size, int at)
{
    put(program, BPF_LD | BPF_ABS | size, (uint32_t)at, 0, 0);
}

static uint32_t word(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Compares what was loaded with k; when they differ, the block is left: its length is filled in by end_block(). */
static void require(struct program *program, uint32_t k)
{
    put(program, BPF_JMP | BPF_JEQ | BPF_K, k, 0, UINT8_MAX);
}

static void end_block(struct program *program, unsigned first)
{
    put(program, BPF_RET | BPF_K, 0, 0, 0);
    for (unsigned i = first; i < program->n; i++) {
        if (program->code[i].jf == UINT8_MAX) {
            program->code[i].jf = (unsigned char)(program->n - i - 1);
        }
    }
}

/* A whole IPv4 address; of IPv6 the /64 that shares a bucket, on this machine all of it. */
static void put_block(struct program *program, const struct gs_endpoint *from)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool four = memcmp(from->ip, mapped, sizeof mapped) == 0;
    unsigned first = program->n, words = four ? 1 : from->port ? 4 : 2;
    load(program, BPF_B, SKF_NET_OFF);
    put(program, BPF_ALU | BPF_AND | BPF_K, 0xf0, 0, 0);
    require(program, four ? 0x40 : 0x60);
    for (unsigned i = 0; i < words; i++) {
        load(program, BPF_W, SKF_NET_OFF + (four ? SOURCE_4 : SOURCE_6) + 4 * (int)i);
        require(program, word(from->ip + (four ? 12 : 4 * i)));
    }
    if (from->port) {
        load(program, BPF_H, 0);
        require(program, from->port);
    }
    end_block(program, first);
}

static void attach(const struct gs_osc_mute *mute, int fd)
{
    struct program program = { .n = 0 };
    int none = 0;
    if (!mute->n) {
        setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
        return;
    }
    load(&program, BPF_W, PAYLOAD);
    put(&program, BPF_JMP | BPF_JEQ | BPF_K, PANIC, 0, 1);
    put(&program, BPF_RET | BPF_K, UINT32_MAX, 0, 0);
    for (unsigned i = 0; i < mute->n; i++) {
        put_block(&program, &mute->muted[i].from);
    }
    put(&program, BPF_RET | BPF_K, UINT32_MAX, 0, 0);
    struct sock_fprog whole = { program.n, program.code };
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole);
}

void gs_osc_mute(struct gs_osc_mute *mute, int fd, const struct gs_endpoint *from, bool port_only,
                 uint64_t now_ns)
{
    unsigned place = 0;
    struct gs_endpoint whom = *from;
    whom.port = port_only ? from->port : 0;
    for (unsigned i = 0; i < mute->n; i++) {
        if (gs_endpoint_equal(&mute->muted[i].from, &whom)) {
            return; /* packets that were queued before */
        }
        place = mute->muted[i].until_ns < mute->muted[place].until_ns ? i : place;
    }
    place = mute->n < GS_OSC_MUTES ? mute->n++ : place;
    mute->muted[place].from = whom;
    mute->muted[place].until_ns = now_ns + GS_OSC_MUTE_NS;
    attach(mute, fd);
}

uint64_t gs_osc_mute_end(struct gs_osc_mute *mute, int fd, uint64_t now_ns)
{
    uint64_t next_ns = UINT64_MAX;
    unsigned before = mute->n;
    for (unsigned i = mute->n; i-- > 0;) {
        if (mute->muted[i].until_ns <= now_ns) {
            mute->muted[i] = mute->muted[--mute->n];
        }
    }
    for (unsigned i = 0; i < mute->n; i++) {
        next_ns = mute->muted[i].until_ns < next_ns ? mute->muted[i].until_ns : next_ns;
    }
    if (mute->n != before) {
        attach(mute, fd);
    }
    return next_ns;
}
