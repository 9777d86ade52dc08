import Wording

/// Which models a group's points allow, and what to do where they do not.
struct Admission {
    let table: ResponseTable
    let data: GroupData
    /// What keeps every model out, or `nil`.
    func objection() -> String? {
        let axis = table.against
        if data.isExcess, table.points.isEmpty {
            return "an excess is over the cell at \(axis) = 0 with the same settings, and this group has none; add 0 to the axis "
                + "\(axis), or fit the response itself"
        }
        if data.count == 0, data.isExcess, !data.emptyCells.isEmpty {
            return "no trial of \(table.response) finished both in its cell and at \(axis) = 0; run the sweep again to go on with "
                + "it, or look at the diverged trials (a smaller learning rate)"
        }
        if data.count == 0 {
            return !data.runaways.isEmpty
                ? "every cell of \(table.response) has trials beyond \(Figures.significant(GroupData.largestResponse, 1)): they run away; "
                    + "run the sweep with a smaller learning rate"
                : data.emptyCells.isEmpty
                ? "no point lies in the window; widen the window or sweep \(axis) inside it"
                : "no cell of \(table.response) has a finished trial; run the sweep again to go on with it, or look at the "
                    + "diverged trials (a smaller learning rate)"
        }
        if let index = data.responses.firstIndex(where: { $0.contains { abs($0) > GroupData.largestResponse } }) {
            return "\(table.response) reaches \(Figures.significant(data.responses[index].map(abs).max() ?? .infinity, 2)) at "
                + "\(axis) = \(Figures.concise(data.x[index])), where its fourth power is no number any more: these trials "
                + "run away; leave them out with a window, or run the sweep with a smaller learning rate"
        }
        if let negative = data.x.first(where: { $0 < 0 }) {
            return "\(axis) = \(Figures.concise(negative)) is negative and has no logarithm; "
                + "fit against another axis or leave it out with a window"
        }
        if Set(data.x).count == 1 {
            return "all points stand at \(axis) = \(Figures.concise(data.x[0])); a scaling law needs several values: "
                + "sweep \(axis) or fit against another axis"
        }
        return nil
    }

    /// What keeps this model out, or `nil`.
    func objection(to model: any FitModel) -> String? {
        let axis = table.against
        let isNothing = model.isConstant && data.means.allSatisfy { $0 == 0 }
        if data.isExcess, model.usesZero, !isNothing {
            return "an excess is 0 at \(axis) = 0 by construction, and model \(model.name) asks for its floor; "
                + "use --model linear+quadratic or power"
        }
        let used = model.usesZero ? Array(data.x.indices) : data.positive
        let distinct = Set(used.map { data.x[$0] }).count
        if distinct < model.minimumPoints {
            let which = model.usesZero ? "" : " above 0"
            return "model \(model.name) needs at least \(counted(model.minimumPoints, "value")) of \(axis)\(which) with finished "
                + "trials and there are \(distinct); add values of \(axis), widen the window or force a simpler model"
        }
        if model.needsPositiveResponses, !data.isExcess, let index = used.first(where: { !(data.means[$0] > 0) }) {
            return "the mean of \(table.response) at \(axis) = \(Figures.concise(data.x[index])) is "
                + "\(Figures.significant(data.means[index], 4)), and model \(model.name) needs positive responses; "
                + "use --model polynomial or power+floor, or a window without this point"
        }
        return nil
    }
}
