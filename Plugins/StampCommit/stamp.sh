# stamp.sh PACKAGE FOLDER: writes FOLDER/BuiltCommit.swift unless it says the same already.
commit=$(git -C "$1" rev-parse HEAD 2>/dev/null) || commit=unknown
if [ "$commit" != unknown ] && [ -n "$(git -C "$1" status --porcelain --untracked-files=no 2>/dev/null)" ]; then
    commit="$commit-dirty"
fi
text="let builtCommit = \"$commit\""
[ "$(cat "$2/BuiltCommit.swift" 2>/dev/null)" = "$text" ] || printf '%s\n' "$text" >"$2/BuiltCommit.swift"
