import ScalingFits
import TrialContract

/// Decides after each round which values an axis gets next.
///
/// A decision sees the first trials of the cells at the values that the rounds before it took, whatever else is stored. A run that
/// is resumed, or begins over a result with more values, goes through the same rounds again and comes to the same values.
package struct AxisRefinement {
    package let axis: AdaptiveAxis
    /// Of each cell, that a decision looks at.
    package let trials: Int
    /// Ascending; those of the range that are taken by now.
    package private(set) var positions: [Int]
    /// Every decision so far.
    package private(set) var decisions: [AxisDecision] = []

    /// Of the intervals of crossings.
    private static let confidence = 0.95
    /// Where nothing to resolve is seen among fewer values, all segments are cut once.
    private static let enough = 17
    /// A round cuts what needs it by at least this share of what needs it most: the rest may need it no more afterwards.
    private static let share = 0.25

    package init(_ axis: AdaptiveAxis, trials: Int) {
        self.axis = axis
        self.trials = trials
        positions = NestedRange.first(atMost: axis.atMost)
    }

    /// The decision after the round that `positions` stand for. Their cells' trials must be in `columns`.
    ///
    /// - Parameter affords: whether cells at all these positions may be computed.
    package mutating func decide<Columns: TrialColumns>(
        _ columns: Columns, affords: ([Int]) throws -> Bool = { _ in true }
    ) throws -> AxisDecision {
        guard let place = columns.dimensions.firstIndex(where: { $0.name == axis.name }) else {
            throw ScalingFitsError.unknownDimension(axis.name, option: "adaptive", known: columns.dimensions.map(\.name))
        }
        let view = RoundColumns(columns, axis: place, values: Set(axis.values(at: positions)), trials: trials)
        let taken = TakenValues(range: axis.range, positions: positions)
        let needs = switch axis.target {
        case .crossing: try CrossingNeeds(axis: axis, taken: taken, confidence: Self.confidence).needs(view)
        case .regime, .curvature: try BendNeeds(axis: axis, taken: taken).needs(view)
        }
        var decision = AxisDecision(
            name: axis.name, round: decisions.count + 1, outcome: .resolved, values: positions.count, added: [], farthest: nil)
        let added = added(needs, &decision)
        if !added.isEmpty, try !affords((positions + added).sorted()) {
            decision.outcome = .budget
        } else if !added.isEmpty {
            decision.outcome = .goesOn
            decision.added = added.map { axis.range.value(at: $0) }
            positions = (positions + added).sorted()
        }
        decisions.append(decision)
        return decision
    }

    /// The positions that the needs ask for, ascending; what is said where there are none.
    private func added(_ needs: [SegmentNeed], _ decision: inout AxisDecision) -> [Int] {
        let room = axis.atMost - positions.count
        guard !needs.isEmpty else { return lookedCloser(room, &decision) }
        // Of a segment, what needs it most; in an order that no machine changes.
        var most: [Int: SegmentNeed] = [:]
        for need in needs where need.score > most[need.segment]?.score ?? 0 { most[need.segment] = need }
        let open = most.values.filter { $0.score > 1 && middle($0.segment) != nil }
            .sorted { ($1.score, $0.segment) < ($0.score, $1.segment) }
        guard let first = open.first else { return [] }
        decision.farthest = first.reason
        guard room > 0 else {
            decision.outcome = .atMost
            return []
        }
        return open.filter { $0.score >= Self.share * first.score }.prefix(room).compactMap { middle($0.segment) }.sorted()
    }

    /// All segments are cut once: what is not seen may lie between the values.
    private func lookedCloser(_ room: Int, _ decision: inout AxisDecision) -> [Int] {
        decision.farthest = axis.target == .crossing ? "no crossing is seen" : "no bend is seen"
        let middles = positions.indices.dropLast().compactMap(middle)
        guard positions.count < Self.enough, !middles.isEmpty, middles.count <= room else {
            decision.outcome = .nothing
            return []
        }
        return middles
    }

    private func middle(_ segment: Int) -> Int? { NestedRange.middle(positions[segment], positions[segment + 1]) }
}
