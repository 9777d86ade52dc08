import TrialContract

/// What is fitted: a recorded statistic, a quantity that follows from one, or its excess over the cell at zero.
struct Response: Sendable, Equatable {
    /// As the output names it.
    let name: String
    /// The recorded statistic that it is computed from.
    let statistic: String
    /// Whether the statistic is squared.
    let isSquared: Bool
    /// Whether the same trial's value at `against` = 0 is subtracted.
    let isExcess: Bool

    static let excessPrefix = "excess"

    /// `distance_squared` follows from `distance`; `excess` is that of `distance_squared`, `excess_NAME` any other's.
    ///
    /// Throws `ScalingFitsError.unknownResponse`.
    init(named name: String, recorded: [String]) throws {
        var base = name
        if name == Self.excessPrefix {
            base = "distance_squared"
        } else if name.hasPrefix(Self.excessPrefix + "_") {
            base = String(name.dropFirst(Self.excessPrefix.count + 1))
        }
        self.name = name
        isExcess = base != name
        if recorded.contains(base) {
            (statistic, isSquared) = (base, false)
        } else if base == "distance_squared", recorded.contains("distance") {
            (statistic, isSquared) = ("distance", true)
        } else {
            throw ScalingFitsError.unknownResponse(name, known: Self.names(recorded: recorded))
        }
    }

    /// Every response that these statistics give.
    static func names(recorded: [String]) -> [String] {
        var names = recorded
        if recorded.contains("distance"), !recorded.contains("distance_squared") { names.append("distance_squared") }
        return names + names.map { $0 == "distance_squared" ? excessPrefix : "\(excessPrefix)_\($0)" }
    }

    /// Throws `ScalingFitsError.noOrigin` where none of the abscissae is the 0 that excesses are over.
    static func requireOrigin(_ abscissae: [Double], of against: String) throws {
        guard !abscissae.contains(0), let smallest = abscissae.min() else { return }
        throw ScalingFitsError.noOrigin(against, smallest: smallest)
    }

    /// The response of one trial: infinite where it diverged, NaN where it is missing.
    func value(_ recorded: Double, status: UInt8) -> Double {
        switch status {
        case TrialStatus.finished.rawValue: isSquared ? recorded * recorded : recorded
        case TrialStatus.diverged.rawValue: .infinity
        default: .nan
        }
    }
}
