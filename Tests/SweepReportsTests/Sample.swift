import ScalingFits
import TrialContract

/// A sweep in memory: m-SAM over noise and rho, with distances known in closed form.
struct SampleColumns: TrialColumns {
    var dimensions = [
        GridDimension(name: "optimizer", values: .names(["m-sam", "plain, \"quoted\""]), longName: ""),
        GridDimension(name: "noise", values: .numbers([0, 0.5]), longName: ""),
        GridDimension(name: "rho", values: .numbers([0, 0.01, 0.0316, 0.1, 0.316, 1]), longName: ""),
    ]
    var dependentCoordinates = [
        AuxiliaryCoordinate(name: "variance", dimensions: ["noise"], values: .numbers([0, 0.25]), longName: "")
    ]
    var statistics = ["distance", "suboptimality"]
    /// Whether distances follow no law of rho.
    var bends = false
    var trials = 48
    var sharesRandomNumbers = true

    mutating func setValues(_ values: AxisValues, along position: Int) {
        dimensions[position] = GridDimension(name: dimensions[position].name, values: values, longName: "")
    }

    /// Trials scatter where there is noise; trial 3 of the last cell diverged, trial 4 is missing.
    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        cells.flatMap { cell -> [Double] in
            let place = coordinates(ofCell: cell)
            guard case .number(let noise) = place[1], case .number(let rho) = place[2] else { return [] }
            return (0..<trials).map { trial in
                guard Self.status(cell, trial) == 1 else { return .nan }
                let spread = 1 + noise * (Double((trial * 7 + cell) % 48) - 23.5) / 24
                if bends { return (cell % 2 == 0 ? 0.3 : 1) * spread }
                return (0.01 * noise * noise + rho * rho / 4).squareRoot() * spread
            }
        }
    }

    static func status(_ cell: Int, _ trial: Int) -> UInt8 {
        cell == 23 && trial == 3 ? 2 : (cell == 23 && trial == 4 ? 0 : (cell == 12 ? 3 : 1))
    }

    func status(cells: Range<Int>) throws -> [UInt8] {
        cells.flatMap { cell in (0..<trials).map { Self.status(cell, $0) } }
    }

    func stepsTaken(cells: Range<Int>) throws -> [Int64] { Array(repeating: 77, count: cells.count * trials) }

    static func outcomes(_ options: FitOptions = FitOptions(bootstrapResamples: 200)) throws -> [FitOutcome] {
        try FitSession(SampleColumns(), request: FitRequest(options: options)).outcomes()
    }
}
