import TrialContract

extension SweepDecoder {
    /// What expressions of claims may name besides recorded statistics: what became of a trial.
    static let outcomeNames = ["diverged", "steps_taken"]

    /// `claims`: what the sweep is to show.
    func decodeClaims() {
        guard let node = root["claims"] else { return }
        let (cell, trial) = claimScopes
        spec.claims = ClaimDecoder(decoder: self, cellScope: cell, trialScope: trial).claims(node)
    }

    /// The names that have a value in a cell, and those that have one in a trial.
    private var claimScopes: (cell: ExpressionScope, trial: ExpressionScope) {
        let own = scope()
        var (cell, trial) = (own.meanings, own.meanings)
        for statistic in catalogue.all(.statistic) {
            cell[statistic.name] = .unavailable(
                reason: "differs from trial to trial", remedy: "it can only stand in what is measured")
            trial[statistic.name] = if statistic.storage == .float64PerCoordinate {
                .unavailable(reason: "has a value for each coordinate", remedy: "use a statistic with one value")
            } else if spec.record.contains(statistic) {
                .number
            } else {
                .unavailable(reason: "is not recorded", remedy: "add it to record")
            }
        }
        for own in spec.ownStatistics {
            cell[own.definition.name] = .unavailable(
                reason: "differs from trial to trial", remedy: "it can only stand in what is measured")
            trial[own.definition.name] = .number
        }
        for name in Self.outcomeNames {
            cell[name] = .unavailable(
                reason: "differs from trial to trial", remedy: "it can only stand in what is measured")
            trial[name] = .number
        }
        return (ExpressionScope(cell), ExpressionScope(trial))
    }
}
