#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep spread over processes and machines says what one process says, line for line: the example for GNU parallel,
# and the one for Slurm, by a controller and a node of its own on this machine. No sound server.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need parallel
need slurmctld
need slurmd
need sbatch

examples=$abs_top_srcdir/doc/examples
export GAINSTAGE=${abs_top_builddir:?}/gainstage GAINSTAGE_MODELS=$abs_top_srcdir/chains/models
work=$(mktemp -d "${TMPDIR:-/tmp}/sweep.XXXXXX") || exit 99
daemons=()
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    [ ${#daemons[@]} -eq 0 ] || kill "${daemons[@]}" 2>/dev/null
    wait
    rm -rf "$work"
}
trap clean_up EXIT
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

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
node=$(hostname -s) me=$(id -un)
mkdir state spool
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
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/slurmd.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
MailProg=/bin/true
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$work/slurm.conf
slurmctld -D >ctld.log 2>&1 &
daemons+=($!)
slurmd -D -N "$node" >slurmd.log 2>&1 &
daemons+=($!)
for _ in $(seq 300); do
    sinfo -h -o %t 2>/dev/null | grep -q idle && break
    sleep 0.1
done
is "$(sinfo -h -o %t 2>&1)" idle "Slurm: a node of its own"
sbatch --array=0-4 "$examples/sweep.sbatch" chain.json $spread $swept $seconds >sbatch.log 2>&1
is "$?" 0 "Slurm: takes an array of five tasks for four values"
for _ in $(seq 300); do # --wait would ask in steps that double
    [ -z "$(squeue -h 2>&1)" ] && break
    sleep 0.1
done
is "$(echo sweep-*.csv)" "sweep-0000.csv sweep-0001.csv sweep-0002.csv sweep-0003.csv" "Slurm: each value has its file"
(head -n 1 sweep-0000.csv && tail -q -n +2 sweep-????.csv) >slurm.csv
is "$(cmp one.csv slurm.csv 2>&1)" "" "Slurm: the same file"
cmp -s one.csv slurm.csv || tail -n 20 ctld.log slurmd.log sweep-*.log sbatch.log 2>/dev/null | sed 's/^/# /'
tap_end
