package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path"
	"sort"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// machine is what has to come back after a restart for CAPV to find its machine again (by BIOS UUID, or before that is known by
// instance UUID or path) and for the node agent to see the same guest.
type machine struct {
	Name         string
	Folder       string
	Pool         string
	Host         string
	Datastore    string
	BiosUUID     string
	InstanceUUID string
	GuestID      string
	CPUs         int32
	MemoryMB     int64
	DisksKB      []int64
	Networks     []networkCard
	ExtraConfig  []extraConfig
	PoweredOn    bool
	GuestIP      string
}

type networkCard struct{ Network, MAC string }

type extraConfig struct{ Key, Value string }

type machineStore struct {
	client *vim25.Client
	file   string
	last   []byte
}

// restore creates the machines of the state file; an absent file is an empty one.
func (s *machineStore) restore(ctx context.Context) error {
	content, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var machines []machine
	if err := json.Unmarshal(content, &machines); err != nil {
		return fmt.Errorf("%s: %w", s.file, err)
	}
	for _, m := range machines {
		// One that can't be made again must not keep the whole vCenter from its other clients.
		if err := s.restoreOne(ctx, m); err != nil {
			log.Printf("machine %s is not restored: %v", m.Name, err)
		}
	}
	return nil
}

func (s *machineStore) restoreOne(ctx context.Context, m machine) error {
	vm, err := createMachine(ctx, s.client, m)
	if err != nil {
		return err
	}
	if m.PoweredOn {
		if _, err := wait(ctx)(vm.PowerOn(ctx)); err != nil {
			return err
		}
	}
	if m.GuestIP == "" {
		return nil
	}
	address := &types.OptionValue{Key: "SET.guest.ipAddress", Value: m.GuestIP}
	_, err = wait(ctx)(vm.Reconfigure(ctx, types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{address}}))
	return err
}

// save writes all machines that are no templates, when something changed; whole or not at all.
func (s *machineStore) save(ctx context.Context) error {
	machines, err := s.list(ctx)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(machines, "", " ")
	if err != nil || bytes.Equal(content, s.last) {
		return err
	}
	// User data holds a join token.
	if err := os.WriteFile(s.file+".tmp", content, 0o600); err != nil {
		return err
	}
	if err := os.Rename(s.file+".tmp", s.file); err != nil {
		return err
	}
	s.last = content
	return nil
}

func (s *machineStore) list(ctx context.Context) ([]machine, error) {
	all, err := view.NewManager(s.client).CreateContainerView(ctx, s.client.ServiceContent.RootFolder, []string{"VirtualMachine"}, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = all.Destroy(ctx) }()
	var found []mo.VirtualMachine
	properties := []string{"parent", "resourcePool", "config", "runtime", "guest"}
	if err := all.Retrieve(ctx, []string{"VirtualMachine"}, properties, &found); err != nil {
		return nil, err
	}
	machines := []machine{}
	for i := range found {
		if vm := &found[i]; vm.Config != nil && !vm.Config.Template && vm.Parent != nil && vm.ResourcePool != nil {
			m, err := s.describe(ctx, vm)
			if err != nil {
				return nil, err
			}
			machines = append(machines, m)
		}
	}
	sort.Slice(machines, func(a, b int) bool { return machines[a].BiosUUID < machines[b].BiosUUID })
	return machines, nil
}

func (s *machineStore) describe(ctx context.Context, vm *mo.VirtualMachine) (machine, error) {
	m := machine{
		Name:         vm.Config.Name,
		BiosUUID:     vm.Config.Uuid,
		InstanceUUID: vm.Config.InstanceUuid,
		GuestID:      vm.Config.GuestId,
		CPUs:         vm.Config.Hardware.NumCPU,
		MemoryMB:     int64(vm.Config.Hardware.MemoryMB),
		PoweredOn:    vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn,
	}
	var err error
	if m.Folder, err = find.InventoryPath(ctx, s.client, *vm.Parent); err != nil {
		return m, err
	}
	if m.Pool, err = find.InventoryPath(ctx, s.client, *vm.ResourcePool); err != nil {
		return m, err
	}
	if vm.Runtime.Host != nil {
		if m.Host, err = find.InventoryPath(ctx, s.client, *vm.Runtime.Host); err != nil {
			return m, err
		}
	}
	var files object.DatastorePath
	files.FromString(vm.Config.Files.VmPathName)
	m.Datastore = files.Datastore
	for _, device := range vm.Config.Hardware.Device {
		switch device := device.(type) {
		case *types.VirtualDisk:
			m.DisksKB = append(m.DisksKB, device.CapacityInKB)
		case types.BaseVirtualEthernetCard:
			card := networkCard{MAC: device.GetVirtualEthernetCard().MacAddress}
			backing, ok := device.GetVirtualEthernetCard().Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)
			if ok {
				ref := types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey}
				if card.Network, err = networkName(ctx, s.client, ref); err != nil {
					return m, err
				}
			}
			m.Networks = append(m.Networks, card)
		}
	}
	for _, option := range vm.Config.ExtraConfig {
		if value, ok := option.GetOptionValue().Value.(string); ok {
			m.ExtraConfig = append(m.ExtraConfig, extraConfig{option.GetOptionValue().Key, value})
		}
	}
	if vm.Guest != nil {
		m.GuestIP = vm.Guest.IpAddress
	}
	return m, nil
}

// createMachine makes a machine, powered off. Empty UUIDs and addresses are chosen by the simulator.
func createMachine(ctx context.Context, client *vim25.Client, m machine) (*object.VirtualMachine, error) {
	finder := find.NewFinder(client)
	folder, err := finder.Folder(ctx, m.Folder)
	if err != nil {
		return nil, err
	}
	pool, err := finder.ResourcePool(ctx, m.Pool)
	if err != nil {
		return nil, err
	}
	var host *object.HostSystem
	if m.Host != "" {
		if host, err = finder.HostSystem(ctx, m.Host); err != nil {
			return nil, err
		}
	}
	spec := types.VirtualMachineConfigSpec{
		Name:         m.Name,
		Uuid:         m.BiosUUID,
		InstanceUuid: m.InstanceUUID,
		GuestId:      m.GuestID,
		NumCPUs:      m.CPUs,
		MemoryMB:     m.MemoryMB,
		Files:        &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s]", m.Datastore)},
	}
	for _, option := range m.ExtraConfig {
		spec.ExtraConfig = append(spec.ExtraConfig, &types.OptionValue{Key: option.Key, Value: option.Value})
	}
	var devices object.VirtualDeviceList
	controller, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return nil, err
	}
	devices = append(devices, controller)
	for n, capacity := range m.DisksKB {
		file := fmt.Sprintf("[%s] %s", m.Datastore, path.Join(m.Name, fmt.Sprintf("disk%d.vmdk", n+1)))
		disk := devices.CreateDisk(controller.(types.BaseVirtualController), types.ManagedObjectReference{}, file)
		disk.CapacityInKB = capacity
		devices = append(devices, disk)
	}
	datacenter := "/" + pathRoot(m.Folder)
	for _, card := range m.Networks {
		network, err := finder.Network(ctx, path.Join(datacenter, "network", card.Network))
		if err != nil {
			return nil, err
		}
		backing, err := network.EthernetCardBackingInfo(ctx)
		if err != nil {
			return nil, err
		}
		nic, err := devices.CreateEthernetCard("vmxnet3", backing)
		if err != nil {
			return nil, err
		}
		if card.MAC != "" {
			ethernet := nic.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard()
			ethernet.AddressType = string(types.VirtualEthernetCardMacTypeManual)
			ethernet.MacAddress = card.MAC
		}
		devices = append(devices, nic)
	}
	if spec.DeviceChange, err = devices.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd); err != nil {
		return nil, err
	}
	result, err := wait(ctx)(folder.CreateVM(ctx, spec, pool, host))
	if err != nil {
		return nil, err
	}
	return object.NewVirtualMachine(client, result.(types.ManagedObjectReference)), nil
}

// pathRoot is the first element of an inventory path: the datacenter.
func pathRoot(inventoryPath string) string {
	for dir := inventoryPath; ; dir = path.Dir(dir) {
		if above := path.Dir(dir); above == "/" || above == "." {
			return path.Base(dir)
		}
	}
}
