import PortableMath

/// The slope of ln y over ln x between two neighbouring points.
public struct LocalExponent: Sendable, Equatable {
    public var from: Double
    public var to: Double
    public var slope: Double
    /// From the trials' scatter, with the correlation of the two points where random numbers are common; 0 without
    /// scatter.
    public var standardError: Double
}

/// Local exponents: where a law bends, no single exponent describes it.
public enum LocalExponents {
    /// Between each pair of neighbouring points with positive x and positive mean, ascending. Points without a
    /// finished trial are passed over.
    public static func of(_ table: ResponseTable, window: ClosedRange<Double>? = nil) -> [LocalExponent] {
        of(GroupData(table, window: window), sharesRandomNumbers: table.isJoint)
    }

    static func of(_ data: GroupData, sharesRandomNumbers: Bool) -> [LocalExponent] {
        let usable = data.x.indices.filter { data.x[$0] > 0 && data.means[$0] > 0 }
        return zip(usable, usable.dropFirst()).compactMap { low, high in
            let distance = data.abscissae[high].logScaled - data.abscissae[low].logScaled
            guard distance > 0 else { return nil }
            let rise = PortableMath.log(data.means[high]) - PortableMath.log(data.means[low])
            let error = sharesRandomNumbers ? jointError(data, low, high) : independentError(data, low, high)
            return LocalExponent(
                from: data.x[low], to: data.x[high], slope: rise / distance, standardError: error / distance)
        }
    }

    private static func independentError(_ data: GroupData, _ low: Int, _ high: Int) -> Double {
        let first = data.standardErrors[low] / data.means[low]
        let second = data.standardErrors[high] / data.means[high]
        return (first * first + second * second).squareRoot()
    }

    /// The standard error of mean(y_high / m_high - y_low / m_low), to first order that of the difference of logs.
    private static func jointError(_ data: GroupData, _ low: Int, _ high: Int) -> Double {
        let differences = zip(data.responses[low], data.responses[high])
            .map { $1 / data.means[high] - $0 / data.means[low] }
            .filter(\.isFinite)
        guard differences.count > 1 else { return independentError(data, low, high) }
        return GroupData.meanAndError(differences).error
    }
}
