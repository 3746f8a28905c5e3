import { expect, test } from 'vitest'
import { brokerProperties, renderProperties } from './broker-properties.ts'
import { BROKER_SETTINGS } from './broker-settings.ts'

const where = {
  directory: '/state',
  kafkaPorts: [29092, 39092, 49092],
  controllerPorts: [29093, 39093, 49093],
  proxied: null,
}

test('a broker listens on loopback only and tells clients localhost', () => {
  expect(brokerProperties(where, 2)).toMatchObject({
    'node.id': '2',
    listeners: 'CLIENT://127.0.0.1:39092,CONTROLLER://127.0.0.1:39093',
    'advertised.listeners': 'CLIENT://localhost:39092',
    'controller.quorum.voters': '1@127.0.0.1:29093,2@127.0.0.1:39093,3@127.0.0.1:49093',
    'log.dirs': '/state/data/kafka-2',
  })
})

test('a proxied listener is told as the proxy, and brokers do not use it themselves', () => {
  const proxied = { ports: [29094, 39094, 49094], advertisedPorts: [29095, 39095, 49095] }
  expect(brokerProperties({ ...where, proxied }, 3)).toMatchObject({
    listeners: 'CLIENT://127.0.0.1:49092,PROXIED://127.0.0.1:49094,CONTROLLER://127.0.0.1:49093',
    'advertised.listeners': 'CLIENT://localhost:49092,PROXIED://localhost:49095',
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
  })
})

test('every broker has all the settings that matter', () => {
  for (const nodeId of [1, 2, 3]) {
    expect(brokerProperties(where, nodeId)).toMatchObject(BROKER_SETTINGS)
  }
})

test('a path that Java would read otherwise is escaped', () => {
  expect(renderProperties({ a: '/home/jürgen/my cluster', b: 'c\\d' })).toContain(
    'a=/home/j\\u00fcrgen/my cluster\nb=c\\\\d\n',
  )
})
