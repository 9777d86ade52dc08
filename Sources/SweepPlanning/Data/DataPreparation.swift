import PortableMath
import TrialContract

/// What problems do to their data before the trials see them.
extension Dataset {
    /// Every column shifted and scaled to mean 0 and variance 1 (over n); constant columns, as `Moments.isConstant` has
    /// it, become 0.
    func standardised() -> Dataset {
        var values = features
        for j in 0..<columns {
            let column = stride(from: j, to: features.count, by: columns)
            let moments = Moments(column.map { features[$0] })
            for index in column { values[index] = moments.standardised(features[index]) }
        }
        return Dataset(name: name, columns: columns, features: values, targets: targets)
    }

    /// With a last column of ones.
    func withIntercept() -> Dataset {
        var values: [Double] = []
        values.reserveCapacity(features.count + rows)
        for i in 0..<rows {
            values += features[i * columns..<(i + 1) * columns]
            values.append(1)
        }
        return Dataset(name: name, columns: columns + 1, features: values, targets: targets)
    }

    /// With the lower of two classes as -1 and the higher as +1.
    ///
    /// - Throws: `DataFileError` naming the classes where there are not two.
    func withSignTargets(for problem: String) throws -> Dataset {
        let classes = Set(targets).sorted()
        guard classes.count == 2 else { throw DataFileError(Self.complaint(classes, problem)) }
        return Dataset(
            name: name, columns: columns, features: features, targets: targets.map { $0 == classes[0] ? -1 : 1 })
    }

    private static func complaint(_ classes: [Double], _ problem: String) -> String {
        let shown = classes.prefix(5).map(brief).joined(separator: ", ") + (classes.count > 5 ? ", …" : "")
        return classes.count == 1
            ? "has one class only: every target is \(shown)"
            : "has \(classes.count) classes where \(problem) needs two: its targets are \(shown)"
    }
}
