/// What a law looks like between two neighbouring abscissae.
package enum Regime: String, Sendable, Hashable, CaseIterable {
    /// The response does not depend on x: local exponent 0.
    case floor
    /// Local exponent 1.
    case linear
    /// Local exponent 2.
    case quadratic
    /// A local exponent that is measured, and none of these.
    case nothing
    /// The scatter is too large to tell.
    case undetermined

    /// How far a local exponent may be from 0, 1 or 2 to be called by that name.
    package static let tolerance = 0.25

    private static let named: [(exponent: Double, regime: Regime)] = [(0, .floor), (1, .linear), (2, .quadratic)]

    /// A name is given where the interval excludes every other name's exponents; without scatter the slope decides.
    package init(_ local: LocalExponent) {
        let interval = local.interval ?? Interval(local.slope, local.slope)
        let possible = Self.named.filter { name in
            interval.upper >= name.exponent - Self.tolerance && interval.lower <= name.exponent + Self.tolerance
        }
        let own = Self.named.first { abs(local.slope - $0.exponent) <= Self.tolerance }
        switch (own, possible.count) {
        case (let own?, 1): self = own.regime
        case (nil, 0): self = .nothing
        // Between two names, and the interval lies within the gap or reaches one of them only a little.
        case (nil, _) where interval.width <= 2 * Self.tolerance: self = .nothing
        default: self = .undetermined
        }
    }
}

/// Where a law is floor, linear, quadratic or nothing, over the abscissa and a second axis.
package struct RegimeMap: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// The second axis' value.
        package var value: GroupValue
        /// One per interval of the map; `nil` where the group has no slope.
        package var locals: [LocalExponent?]

        package var regimes: [Regime?] { locals.map { $0.map(Regime.init) } }
    }

    /// What the groups of the map have in common.
    package var by: GroupKey
    package var response: String
    package var against: String
    /// The second axis.
    package var axis: String
    /// The intervals of the abscissa, ascending.
    package var intervals: [Interval]
    /// In the groups' order.
    package var rows: [Row]

    /// A map for every setting of the other dimensions, in the groups' order. Without an axis, one map with a row per
    /// group that names it.
    package static func maps(_ outcomes: [FitOutcome], axis: String?) -> [RegimeMap] {
        var places: [GroupKey: Int] = [:]
        var maps: [(key: GroupKey, fits: [ScalingFit])] = []
        for case .fit(let fit) in outcomes {
            let key = axis.map { axis in GroupKey(fit.by.entries.filter { $0.name != axis }) } ?? GroupKey([])
            let place = places[key] ?? maps.count
            if place == maps.count {
                places[key] = place
                maps.append((key, []))
            }
            maps[place].fits.append(fit)
        }
        return maps.compactMap { map($0.key, $0.fits, axis) }
    }

    private static func map(_ key: GroupKey, _ fits: [ScalingFit], _ axis: String?) -> RegimeMap? {
        guard let first = fits.first else { return nil }
        let spans = Set(fits.flatMap { $0.localExponents.map { [$0.from, $0.to] } }).sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        return RegimeMap(
            by: key, response: first.response, against: first.against, axis: axis ?? "group",
            intervals: spans.map { Interval($0[0], $0[1]) },
            rows: fits.map { fit in
                let value = axis.flatMap { fit.by[$0] } ?? .name(fit.by.description)
                return Row(value: value, locals: spans.map { span in
                    fit.localExponents.first { $0.from == span[0] && $0.to == span[1] }
                })
            })
    }
}
