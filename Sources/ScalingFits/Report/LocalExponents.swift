import PortableMath

/// The slope of ln y over ln x between two neighbouring points.
package struct LocalExponent: Sendable, Equatable {
    package var from: Double
    package var to: Double
    package var slope: Double
    /// From the trials' scatter, with the correlation of the two points where random numbers are common; 0 without
    /// scatter.
    package var standardError: Double
    /// The slope ± Student's t standard errors; `nil` without scatter.
    package var interval: Interval?
}

/// The least and the largest of a group's local exponents.
package struct LocalExponentRange: Sendable, Equatable {
    package var least: LocalExponent
    package var largest: LocalExponent

    /// Half widths of intervals beyond this say nothing.
    private static let worstReach = 0.25

    init?(_ locals: [LocalExponent]) {
        let sharp = locals.filter { local in local.interval.map { $0.width <= 2 * Self.worstReach } ?? true }
        let used = sharp.isEmpty ? locals : sharp
        guard let least = used.min(by: { $0.slope < $1.slope }), let largest = used.max(by: { $0.slope < $1.slope })
        else { return nil }
        (self.least, self.largest) = (least, largest)
    }
}

/// Local exponents: where a law bends, no single exponent describes it.
package enum LocalExponents {
    /// Between each pair of neighbouring points with positive x and positive mean, ascending. Points without a
    /// finished trial are passed over.
    package static func of(_ table: ResponseTable, confidence: Double = 0.95) -> [LocalExponent] {
        of(GroupData(table, window: nil), isJoint: table.isJoint, confidence: confidence)
    }

    /// Neighbours whose means have opposite signs have no slope; two negative ones, as excesses may be, have that of
    /// their magnitudes.
    ///
    /// - Parameter hasIntervals: whether there are enough trials for intervals that hold.
    static func of(
        _ data: GroupData, isJoint: Bool, confidence: Double, hasIntervals: Bool = true
    ) -> [LocalExponent] {
        let usable = data.x.indices.filter { data.x[$0] > 0 && data.means[$0] != 0 }
        let isScattered = hasIntervals && data.trials > 1 && data.hasScatter
        return zip(usable, usable.dropFirst()).compactMap { low, high in
            let distance = data.abscissae[high].logScaled - data.abscissae[low].logScaled
            guard distance > 0, (data.means[high] > 0) == (data.means[low] > 0) else { return nil }
            let slope = PortableMath.log(data.means[high] / data.means[low]) / distance
            let (scatter, freedom) = isJoint ? joint(data, low, high) : independent(data, low, high)
            let error = scatter / distance
            let reach = isScattered && error > 0 ? StudentT(freedom: max(1, freedom)).quantile(confidence: confidence) * error : 0
            return LocalExponent(
                from: data.x[low], to: data.x[high], slope: slope, standardError: error,
                interval: reach > 0 ? Interval(slope - reach, slope + reach) : nil)
        }
    }

    /// The standard error of the difference of logs and its degrees of freedom.
    private static func independent(_ data: GroupData, _ low: Int, _ high: Int) -> (error: Double, freedom: Double) {
        let parts = [low, high].map { index in
            let relative = data.standardErrors[index] / data.means[index]
            return (relative * relative, VarianceFreedom.of(data.responses[index]))
        }
        let variance = parts[0].0 + parts[1].0
        let noise = parts.reduce(0) { $0 + ($1.1 > 0 ? $1.0 * $1.0 / $1.1 : 0) }
        return (variance.squareRoot(), noise > 0 ? variance * variance / noise : Double(max(1, data.trials - 1)))
    }

    /// The standard error of mean(y_high / m_high - y_low / m_low), to first order that of the difference of logs.
    private static func joint(_ data: GroupData, _ low: Int, _ high: Int) -> (error: Double, freedom: Double) {
        let differences = zip(data.responses[low], data.responses[high])
            .map { $1 / data.means[high] - $0 / data.means[low] }
        return (GroupData.meanAndError(differences).error, VarianceFreedom.of(differences))
    }
}
