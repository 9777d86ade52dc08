import Testing
import TrialContract

@testable import ScalingFits

/// A result in memory: optimizer, learning_rate, rho, with one trial missing, one diverged and one cell excluded.
struct MemoryColumns: TrialColumns {
    var dimensions = [
        GridDimension(name: "optimizer", values: .names(["sgd", "m-sam"]), longName: ""),
        GridDimension(name: "learning_rate", values: .numbers([0.01, 0.05, 0.1]), longName: ""),
        GridDimension(name: "rho", values: .numbers([0, 0.1, 0.2, 0.4, 0.8]), longName: ""),
    ]
    var dependentCoordinates = [
        AuxiliaryCoordinate(
            name: "temperature", dimensions: ["learning_rate"], values: .numbers([1, 5, 10]), longName: "")
    ]
    var statistics = ["distance", "suboptimality"]
    var trials = 4
    var sharesRandomNumbers = true

    /// Identifies cell and trial.
    static func distance(_ cell: Int, _ trial: Int) -> Double { 1 + Double(cell) + Double(trial) / 8 }

    static func status(_ cell: Int, _ trial: Int) -> UInt8 {
        switch (cell, trial) {
        case (7, 2): 0
        case (8, 1): 2
        case (29, _): 3
        default: 1
        }
    }

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        cells.flatMap { cell in
            (0..<trials).map { Self.status(cell, $0) == 1 ? Self.distance(cell, $0) : .nan }
        }
    }

    func status(cells: Range<Int>) throws -> [UInt8] {
        cells.flatMap { cell in (0..<trials).map { Self.status(cell, $0) } }
    }

    func stepsTaken(cells: Range<Int>) throws -> [Int64] { Array(repeating: 9, count: cells.count * trials) }
}

@Suite struct FitSessionTests {
    let columns = MemoryColumns()

    private func tables(
        _ response: String = "distance", against: String = "rho", by: [String]? = nil
    ) throws -> [ResponseTable] {
        let session = try FitSession(columns, request: FitRequest(response: response, against: against, by: by))
        return try session.tables(groups: 0..<session.groupCount)
    }

    @Test func everyOtherDimensionTellsGroupsApart() throws {
        let tables = try tables()
        #expect(tables.count == 6)
        #expect(tables[4].group.description == "optimizer = m-sam, learning_rate = 0.05, temperature = 5")
        #expect(tables[4].points.map(\.x) == [0, 0.1, 0.2, 0.4, 0.8])
        for (index, point) in tables[4].points.enumerated() {
            #expect(point.responses == (0..<4).map { MemoryColumns.distance(20 + index, $0) })
        }
    }

    @Test func missingDivergedAndExcludedAreToldApart() throws {
        let tables = try tables()
        #expect(tables[1].missing == 1 && tables[1].diverged == 1)
        #expect(tables[1].points[2].responses[2].isNaN)
        #expect(tables[1].points[3].responses[1] == .infinity)
        #expect(tables[5].points.map(\.x) == [0, 0.1, 0.2, 0.4], "the cell that where drops leaves no point")
        #expect(tables[5].missing == 0)
    }

    @Test func theAbscissaMayBeAnyNumericDimension() throws {
        let tables = try tables(against: "learning_rate")
        #expect(tables.count == 10)
        #expect(tables[6].group.description == "optimizer = m-sam, rho = 0.1")
        #expect(tables[6].points.map(\.x) == [0.01, 0.05, 0.1])
        #expect(tables[6].points.map { $0.responses[0] } == [16, 21, 26].map { MemoryColumns.distance($0, 0) })
        let derived = try self.tables(against: "temperature")
        #expect(derived[6].points.map(\.x) == [1, 5, 10])
    }

    @Test func dimensionsLeftOutOfByArePooled() throws {
        let session = try FitSession(columns, request: FitRequest(response: "distance", by: ["learning_rate"]))
        #expect(session.groupCount == 3 && session.pooledDimensions == ["optimizer"])
        #expect(try session.tables(groups: 1..<2)[0].points.count == 10)
    }

    @Test func distanceSquaredFollowsFromDistance() throws {
        let squared = try tables("distance_squared")[0].points[1].responses
        #expect(squared == (0..<4).map { MemoryColumns.distance(1, $0) * MemoryColumns.distance(1, $0) })
    }

    @Test func anExcessWithoutACellAtZeroIsRefusedWithTheRemedy() throws {
        var columns = MemoryColumns()
        let place = try #require(columns.dimensions.firstIndex { $0.name == "rho" })
        columns.dimensions[place] = GridDimension(name: "rho", values: .numbers([0.05, 0.1, 0.2, 0.4, 0.8]), longName: "")
        let error = ScalingFitsError.noOrigin("rho", smallest: 0.05)
        #expect(throws: error) { try FitSession(columns, request: FitRequest(response: "excess_distance")) }
        #expect(throws: error) { try DerivedStatistics(columns, names: ["excess_distance"], against: "rho") }
        #expect("\(error)".contains("smallest rho of this result is 0.05; add 0 to the axis rho"))
    }

    @Test func excessIsTakenTrialByTrial() throws {
        let tables = try tables("excess_distance")
        #expect(tables[1].points.map(\.x) == [0.1, 0.2, 0.4, 0.8])
        #expect(tables[1].points[0].responses == [1, 1, 1, 1])
        #expect(tables[1].points[1].responses[2].isNaN && tables[1].points[2].responses[1] == .infinity)
        #expect(tables[1].isExcess && tables[1].isJoint)
        let pooled = try self.tables("excess_distance", by: ["learning_rate"])
        #expect(pooled[0].points.count == 8 && pooled[0].points.allSatisfy { $0.responses[0] <= 4 })
    }

    @Test func requestsThatFitNothingNameTheRemedy() throws {
        func message(_ request: FitRequest) throws -> String {
            let error = #expect(throws: ScalingFitsError.self) { try FitSession(columns, request: request) }
            return try #require(error).description
        }
        #expect(try message(FitRequest(response: "loss")).contains("it has distance, suboptimality, distance_squared"))
        #expect(try message(FitRequest(against: "rho2")).contains("--against 'rho2' is no dimension of this result"))
        #expect(try message(FitRequest(against: "optimizer")).contains("runs over names"))
        #expect(try message(FitRequest(by: ["lr"])).contains("it has optimizer, learning_rate, rho, temperature"))
        #expect(try message(FitRequest(by: ["rho"])).contains("leaves one value of rho in each group"))
    }
}
