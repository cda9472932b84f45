# A journey that changes between car, train and ferry.
#
# On roads one goes by car, on tracks by train, over water as a passenger or with a car. People walk on paths only, so
# that a station is within reach; were roads walked too, one could go the wrong way along one-way streets. Each change
# at a station or quay costs the minutes of `transfer`, waiting included. A car may be had on either side of a change:
# somebody waits there with one, or a bus or taxi runs. No timetable is known.
#
# Speeds are those of the profiles car, walk, rail and ferry; judgement, not measurement.
name = multimodal
vehicle = car
vehicle walk = foot
vehicle rail = train
vehicle ferry = foot car
vehicle transfer = foot car train
mode road = 1
mode walk = 1
mode rail = 1.3             # stops: the speeds of trains below, and those of the lines, are between stops
mode ferry = 1
mode transfer = 1

speed motorway = 110
speed motorway_link = 50
speed trunk = 85
speed trunk_link = 45
speed primary = 65
speed primary_link = 40
speed secondary = 55
speed secondary_link = 35
speed tertiary = 45
speed tertiary_link = 30
speed unclassified = 35
speed residential = 25
speed living_street = 8
speed service = 15
speed road = 30
speed track = 12
speed footway = 4.8
speed pedestrian = 4.8
speed path = 4.4
speed cycleway = 4.8
speed bridleway = 4.4
speed steps = 2.5
speed corridor = 4.8
speed platform = 4.8
speed rail = 90
speed narrow_gauge = 45
speed light_rail = 45
speed subway = 42
speed tram = 24
speed monorail = 40
speed funicular = 13
speed ferry = 25
default speed = 30          # lines of a GIS layer without a class
signposted = 0.9
most speed = 250            # of the train; cars are held by the limits of roads

factor surface=unpaved = 1.5
factor surface=gravel = 1.5
factor surface=dirt = 1.8
factor surface=earth = 1.8
factor surface=ground = 1.8
factor surface=sand = 2.5
factor surface=mud = 4
factor smoothness=bad = 1.2
factor smoothness=very_bad = 1.6
factor smoothness=horrible = 3
factor smoothness=very_horrible = 5
factor smoothness=impassable = no
factor ford=* = 1.5
factor 4wd_only=yes = 1.5
factor access=private = 5
factor access=delivery = 3
factor access=customers = 2
factor access=destination = 1.5
factor vehicle=private = 5
factor vehicle=destination = 1.5
factor motor_vehicle=private = 5
factor motor_vehicle=destination = 1.5
factor usage=industrial = 4
factor usage=military = 8
factor service=yard = 4
factor toll=yes = 1.1

border = 20 min
transfer = 15 min           # half a usual time between trains, and the way to the platform
barrier = 0.5 min
