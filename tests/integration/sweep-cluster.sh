#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep spread over processes and machines says what one process says, line for line: the example for GNU parallel,
# and the one for Slurm, by a controller and a node of its own on this machine. No sound server.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need parallel
need slurmctld
need slurmd
need sbatch

examples=$abs_top_srcdir/doc/examples
export GAINSTAGE=${abs_top_builddir:?}/gainstage GAINSTAGE_MODELS=$abs_top_srcdir/chains/models
work=$(mktemp -d "${TMPDIR:-/tmp}/sweep.XXXXXX") || exit 99
daemons=()
cluster_end() {
    [ ${#daemons[@]} -eq 0 ] || kill "${daemons[@]}" 2>/dev/null
    wait
    daemons=()
}
trap 'cluster_end; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
cd "$work" || exit 99
cp "$abs_top_srcdir/chains/podcast-sm7b.json" chain.json

spread=pre.gain_db=50:62:4 swept=fader.gain_db=-6:0:6 seconds=1
"$GAINSTAGE" sweep chain.json --csv --vary $spread --vary $swept --render $seconds >one.csv
is "$(wc -l <one.csv)" 9 "one process: a heading, and four gains by two faders"

HOME=$work "$examples/sweep-parallel.sh" chain.json $spread $swept $seconds >parallel.csv 2>parallel.log
is "$(cmp one.csv parallel.csv 2>&1)" "" "GNU parallel: the same file"
HOME=$work GAINSTAGE=/nonexistent "$examples/sweep-parallel.sh" chain.json $spread $swept >/dev/null 2>&1
is "$(($? != 0))" 1 "GNU parallel: a process that fails is not hidden"

# ---- Slurm ----

two_free_ports() {
    python3 -c '
import socket
both = socket.socket(), socket.socket()
for s in both:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in both))'
}
# until_so COMMAND...: two minutes at most: the machine may be busy with others
until_so() {
    local end=$((SECONDS + 120))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}
node=$(hostname -s) me=$(id -un)
export SLURM_CONF=$work/slurm.conf
cluster_start() {
    rm -rf state spool
    mkdir state spool
    read -r ctld_port slurmd_port < <(two_free_ports)
    cat >slurm.conf <<END
ClusterName=gainstage
SlurmctldHost=$node(127.0.0.1)
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=1,sched_interval=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SlurmctldPort=$ctld_port
SlurmdPort=$slurmd_port
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/slurmd.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
MailProg=/bin/true
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
END
    setpriv --pdeathsig TERM slurmctld -D >ctld.log 2>&1 &
    daemons+=($!)
    setpriv --pdeathsig TERM slurmd -D -N "$node" >slurmd.log 2>&1 &
    daemons+=($!)
    until_so node_idle
}
both_live() {
    kill -0 "${daemons[0]}" 2>/dev/null && kill -0 "${daemons[1]}" 2>/dev/null
}
# Whether it is, or one of the two has ended: another program may have taken its port meanwhile.
node_idle() {
    [ "$(timeout 20 sinfo -h -o %t 2>/dev/null)" = idle ] || ! both_live
}
for _ in 1 2 3; do
    cluster_start && both_live && break
    cluster_end
done
if grep -q 'cgroup plugin' slurmd.log; then
    echo "# Slurm is left out: its node wants control groups, and here are none"
    tap_end
fi
is "$(sinfo -h -o %t 2>&1)" idle "Slurm: a node of its own"
sbatch --array=0-4 "$examples/sweep.sbatch" chain.json $spread $swept $seconds >sbatch.log 2>&1
is "$?" 0 "Slurm: takes an array of five tasks for four values"
# --wait would ask in steps that double
no_jobs() {
    [ -z "$(timeout 20 squeue -h 2>&1)" ]
}
until_so no_jobs
is "$(echo sweep-*.csv)" "sweep-0000.csv sweep-0001.csv sweep-0002.csv sweep-0003.csv" "Slurm: each value has its file"
(head -n 1 sweep-0000.csv && tail -q -n +2 sweep-????.csv) >slurm.csv
is "$(cmp one.csv slurm.csv 2>&1)" "" "Slurm: the same file"
cmp -s one.csv slurm.csv || tail -n 20 ctld.log slurmd.log sweep-*.log sbatch.log 2>/dev/null | sed 's/^/# /'
tap_end
