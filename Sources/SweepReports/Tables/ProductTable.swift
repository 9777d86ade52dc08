import ScalingFits

/// Laws over several regressors.
enum ProductTable {
    static func table(_ products: [ProductOutcome], _ signs: TableSigns) -> ReportTable {
        var names: [String] = []
        var regressors: [String] = []
        var (response, confidence) = ("response", "")
        for case .law(let law) in products {
            (names, response) = (law.by.entries.map(\.name), law.response)
            regressors = law.regressors.map(\.name)
            confidence = ", with \(Figures.significant(law.confidence * 100, 3)) % intervals"
            break
        }
        let powers = regressors.map { "\($0)^\($0.prefix(1))" }.joined(separator: " ")
        var table = ReportTable(
            title: "\(response) = C \(powers)\(confidence)",
            headers: ["#"] + names + ["C"] + regressors + ["deviation", "explained", "cells", "trials", "diverged"],
            keys: 1 + names.count, rows: [])
        for (index, product) in products.enumerated() {
            switch product {
            case .law(let law):
                table.rows.append(["\(index + 1)"] + names.map { signs.coordinate(law.by[$0]) } + cells(law, signs))
                law.warnings.forEach { table.note($0, row: index + 1) }
            case .unfit(let group):
                table.rows.append(
                    ["\(index + 1)"] + names.map { signs.coordinate(group.by[$0]) }
                        + Array(repeating: signs.none, count: regressors.count + 5) + ["\(group.diverged)"])
                table.note(group.reason, row: index + 1)
            }
        }
        table.notes.append(([], "deviation: root mean square of ln(measured/law); explained: the part of it that the trials' "
            + "scatter explains"))
        return table
    }

    private static func cells(_ law: ProductLaw, _ signs: TableSigns) -> [String] {
        // Averages over a grid that follows no product are marked as such, in every column that has one.
        func average(_ value: Double) -> String { "~\(Figures.significant(value, 2))" }
        return [law.describesTheGrid ? signs.uncertain(law.prefactor, law.prefactorInterval) : average(law.prefactor)]
            + law.regressors.map { law.describesTheGrid ? signs.uncertain($0.exponent, $0.interval) : average($0.exponent) }
            + [Figures.significant(law.deviation, 3), Figures.significant(law.explainedDeviation, 3)]
            + ["\(law.cells)", "\(law.trials)", "\(law.diverged)"]
    }
}
