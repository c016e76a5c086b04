#!/bin/sh
# Rolls a site out behind the weighted front: deploy.sh VERB STATE_DIRECTORY
#
# The front reads STATE_DIRECTORY/state and serves artifacts/<sha256>. Every verb may be repeated with the same attempt key
# without harm. An epoch older than the newest that was seen is refused: whoever sends it lost the rollout to somebody else.
# applies.log has a line per attempt: key, epoch, digest.
set -eu
verb=$1
directory=$2
digest=${CICD_ARTIFACT_DIGEST#sha256:}

# A rollout's phases: applied (a candidate stands beside the stable version), promoted, undone.
epoch=0 attempt='' phase='' stable='' previous='' candidate='' weight=0

read_state() {
    [ -f "$directory/state" ] || return 0
    while IFS='=' read -r key value; do
        case $key in
            epoch) epoch=$value ;;
            attempt) attempt=$value ;;
            phase) phase=$value ;;
            stable) stable=$value ;;
            previous) previous=$value ;;
            candidate) candidate=$value ;;
            weight) weight=$value ;;
        esac
    done <"$directory/state"
}

# The front sees the old state or the new one, nothing between.
write_state() {
    {
        echo "epoch=$CICD_EPOCH"
        echo "attempt=$attempt"
        echo "phase=$phase"
        echo "stable=$stable"
        echo "previous=$previous"
        echo "candidate=$candidate"
        echo "weight=$weight"
    } >"$directory/state.new"
    mv "$directory/state.new" "$directory/state"
}

refuse() {
    echo "refused: $1" >&2
    exit 1
}

ours() {
    [ "$attempt" = "$CICD_ATTEMPT_KEY" ]
}

keep_artifact() {
    echo "$digest  $CICD_ARTIFACT_PATH" | sha256sum --check --quiet || refuse "the artifact is not $digest"
    cp "$CICD_ARTIFACT_PATH" "$directory/artifacts/$digest.new"
    mv "$directory/artifacts/$digest.new" "$directory/artifacts/$digest"
}

promote() {
    previous=$stable stable=$candidate candidate='' weight=0 phase=promoted
}

apply() {
    ours && [ -n "$phase" ] && { echo "already applied"; return; }
    keep_artifact
    attempt=$CICD_ATTEMPT_KEY phase=applied candidate=$digest weight=0
    # A rolling update of one front replaces the only instance at once.
    [ "$CICD_STRATEGY" != rolling ] || promote
    echo "$CICD_ATTEMPT_KEY $CICD_EPOCH $digest" >>"$directory/applies.log"
}

undo() {
    ours || { echo "nothing of this attempt is here"; return; }
    [ "$phase" != promoted ] || stable=$previous
    phase=undone candidate='' weight=0
}

# Whoever has the lock knows that no other verb is under way: a step may be carried out, or carried out again.
status() {
    ours || phase="nothing of this attempt"
    echo "$phase, stable ${stable:-none}, candidate ${candidate:-none} at $weight %"
    exit 0
}

mkdir -p "$directory/artifacts"
exec 9>"$directory/lock"
flock 9
read_state
[ "$verb" != status ] || status
[ "$CICD_EPOCH" -ge "$epoch" ] || refuse "epoch $CICD_EPOCH is older than $epoch"
case $verb in
    apply) apply ;;
    set-weight)
        ours && [ "$phase" = applied ] || refuse "this attempt has no candidate"
        weight=$CICD_WEIGHT
        ;;
    promote)
        ours || refuse "this attempt has no candidate"
        case $phase in
            applied) promote ;;
            promoted) echo "already promoted" ;;
            *) refuse "the candidate is $phase" ;;
        esac
        ;;
    undo) undo ;;
    *) refuse "$verb is unknown; accepted: apply, set-weight, promote, undo, status" ;;
esac
write_state
echo "$verb: $phase, stable ${stable:-none}, candidate ${candidate:-none} at $weight %"
