import TrialContract

/// What an older result holds that a sweep no longer asks for.
struct DroppedResults {
    /// Finished trials, or trials that lose a statistic.
    let trials: Int
    /// As "1,200 finished trials (rho=0.3; trials 100 to 255)".
    let text: String

    /// `nil` where nothing would be lost.
    init?(_ stored: ResultReader, plan: any SweepPlan, layout: ResultLayout) throws {
        let old = stored.header.layout
        guard let back = CellMap(from: layout, to: old) else { return nil }
        let statistics = old.statistics.filter { !layout.records($0) }.map(\.name)
        let curves = Self.lostCurves(old.curve, layout.curve)
        var lost = 0
        for cell in 0..<old.cellCount {
            let newCell = back.oldCell(of: cell)
            let isKept = try newCell.map { try !plan.excludes($0) } ?? false
            let kept = isKept && statistics.isEmpty && curves == nil ? min(old.trials, layout.trials) : 0
            guard kept < old.trials else { continue }
            let states = try stored.status(rows: cell * old.trials + kept..<(cell + 1) * old.trials)
            lost += states.count { $0 == TrialStatus.finished.rawValue || $0 == TrialStatus.diverged.rawValue }
        }
        guard lost > 0 else { return nil }
        trials = lost
        var parts = old.dimensions.compactMap { Self.lostValues($0, layout) }
        if layout.trials < old.trials { parts.append("trials \(layout.trials) to \(old.trials - 1)") }
        parts += statistics.map { "statistic \($0)" } + [curves].compactMap { $0 }
        text = "\(lost) finished trials" + (parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))")
    }

    /// Trajectories that are no longer recorded.
    private static func lostCurves(_ old: CurveLayout?, _ new: CurveLayout?) -> String? {
        guard let old else { return nil }
        let quantities = old.quantities.filter { quantity in
            !(new?.quantities.contains { $0.name == quantity.name && $0.isComputed(as: quantity) } ?? false)
        }.map(\.name)
        if !quantities.isEmpty { return "curves of \(quantities.joined(separator: ", "))" }
        let steps = Set(old.steps).subtracting(new?.steps ?? []).sorted()
        guard let first = steps.first else { return nil }
        return "curves at step \(first)" + (steps.count > 1 ? " and \(steps.count - 1) more" : "")
    }

    private static func lostValues(_ dimension: GridDimension, _ layout: ResultLayout) -> String? {
        guard let new = layout.dimensions.first(where: { $0.name == dimension.name }) else { return nil }
        let kept = Set((0..<new.count).map { new.values.identity(at: $0) })
        let lost = (0..<dimension.count).filter { !kept.contains(dimension.values.identity(at: $0)) }
            .map { dimension.values.text(at: $0) }
        guard !lost.isEmpty else { return nil }
        let shown = lost.prefix(5).joined(separator: ", ")
        return "\(dimension.name)=\(shown)" + (lost.count > 5 ? " and \(lost.count - 5) more" : "")
    }
}
